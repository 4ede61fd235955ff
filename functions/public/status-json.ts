/**
 * What strangers may see as JSON, for programs. Pure. Times are UTC RFC 3339, durations seconds, as in the API.
 * Invariant: it says what the page says, and no more.
 */
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { uptimeJson } from "../endpoints/uptime.ts";
import type { Incident, Update } from "./incident.ts";
import type { PublicService, PublicStatus } from "./status-model.ts";

export function statusJson(status: PublicStatus) {
  const { title, notice, overall, sinceMs, sentence, updatedAtMs, isStale, isPastFailing, services } = status;
  return {
    title,
    ...(notice !== null && { notice }),
    overall_status: isStale ? "unknown" : overall,
    ...(isStale && { last_known_status: overall }),
    since: formatOptional(isStale ? status.unknownSinceMs : sinceMs),
    sentence: isStale ? `Last known: ${sentence}` : sentence,
    updated_at: formatOptional(updatedAtMs),
    stale: isStale,
    past_complete: !isPastFailing,
    days: [...services.values()].find(({ past }) => past)?.past?.days ?? [],
    groups: status.groups.map((group) => ({ name: group.name, services: group.services.map(serviceJson) })),
    incidents: status.incidents.map(incidentJson),
    notices: status.notices.map((each) => ({ ...updateJson(each), service: each.serviceName })),
    maintenance: status.planned.map(({ serviceIds, startsAtMs, endsAtMs, isActive }) => {
      const times = { starts_at: formatTimestamp(startsAtMs), ends_at: formatOptional(endsAtMs) };
      return { services: serviceIds, ...times, active: isActive };
    }),
  };
}

/** The figures are by day, as `/uptime` has them. */
function serviceJson({ id, name, status, sentence, sinceMs, past }: PublicService) {
  return {
    id,
    name,
    status,
    sentence,
    since: formatOptional(sinceMs),
    ...(past && uptimeJson(past.uptime)),
  };
}

function incidentJson(incident: Incident) {
  const { id, serviceId, status, sentence, sinceMs, untilMs, seenMs, updates } = incident;
  return {
    id,
    service: serviceId,
    status,
    sentence,
    since: formatTimestamp(sinceMs),
    until: formatOptional(untilMs),
    duration_s: untilMs === null ? null : Math.round(seenMs / 1_000),
    updates: updates.map(updateJson),
  };
}

function updateJson({ atMs, text }: Update) {
  return { at: formatTimestamp(atMs), text };
}
