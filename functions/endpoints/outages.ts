/**
 * GET /outages/{service}: when a service was down, newest first, and of each outage whom its alerts told, when, and who looked after them.
 * Made of transitions and alerts, which are kept for ever, and of messages, which are kept for a month.
 * Invariant: what is left out is counted; nobody is said to have been told of whom no message is known.
 */
import * as z from "zod/mini";
import type { AlertAcknowledgement } from "../../shared/domain/alerting/alert-timeline.ts";
import type { AlertMessage } from "../../shared/domain/alerting/alert-timeline.ts";
import { isService, type AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import { channelOf } from "../../shared/domain/alerting/recipient.ts";
import { isRemediation } from "../../shared/domain/alerting/remediation.ts";
import { listOutages, type Outage } from "../../shared/domain/history/outages.ts";
import type { TimeSpan } from "../../shared/domain/history/status-spans.ts";
import { DAY_MS, formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { readAcknowledgements } from "../../shared/storage/acknowledgements.ts";
import { listAlertMessages } from "../../shared/storage/alert-messages.ts";
import { listAlerts } from "../../shared/storage/alert-log.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { instant, key, wholeNumber } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { readTimeRange } from "../http/time-range.ts";
import { findSubject } from "../report/find-subject.ts";
import type { Subject } from "../report/subjects.ts";
import {
  count,
  named,
  noted,
  notificationType,
  nullableTimestamp,
  reason,
  seconds,
  severity,
  timestamp,
} from "../wire/schemas.ts";

const MOST_DAYS = 400;
/** More would be read by nobody. */
const MOST_ALERTS = 200;
/** Of an alert: reminders of days say nothing new. */
const MOST_MESSAGES = 20;

const message = named(
  "OutageMessage",
  z.object({
    channel: z.string(),
    type: notificationType,
    at: noted("When it was decided.", timestamp),
    state: z.enum(["pending", "sent", "failed"]),
    ended_at: noted("When its receiver took it, or cannot be made to any more.", nullableTimestamp),
  }),
);

const outageAlert = named(
  "OutageAlert",
  z.object({
    id: z.string(),
    severity,
    fired_at: timestamp,
    ended_at: nullableTimestamp,
    acknowledged_by: noted("Who did so first, also when that has lapsed since.", z.nullable(z.string())),
    acknowledged_at: noted("Null: nobody did, or the audit trail does not reach back so far.", nullableTimestamp),
    notified_channels: noted("Those that it was decided to tell.", z.array(z.string())),
    messages: noted(
      `The first ${MOST_MESSAGES} messages about it, oldest first; messages are kept for 30 days.`,
      z.array(message),
    ),
  }),
);

export const outagesEndpoint = defineEndpoint({
  path: "/outages/{service}",
  name: "outages",
  summary: "When a service was down, newest first (default: the last day), who was told of it and who looked after it.",
  effect: "read",
  pathParameters: { service: key("Key of a service, also of one that has been removed.") },
  query: {
    since: instant("Only outages that were seen at or after this instant; default 24 hours before until."),
    until: instant(`Only outages that began before this instant, at most ${MOST_DAYS} days after since; default now.`),
    limit: wholeNumber({ description: "How many at most.", most: 100, byDefault: 20 }),
  },
  response: z.object({
    service: z.string(),
    name: z.string(),
    total: noted("How many there are in the range, those included that are left out.", count),
    outages: z.array(
      z.object({
        since: noted("Of its first failing check, before the range as well.", timestamp),
        until: noted("When it was up again; null: not within the range, or nobody knows.", nullableTimestamp),
        recovery_seen: noted("False: not over, or nobody watched just before it was up again.", z.boolean()),
        duration_s: noted("How long it was seen down.", seconds),
        reason: noted("Of its first failing check.", z.nullable(reason)),
        message: z.nullable(z.string()),
        alerts: noted("Those that fired and were open in it, oldest first.", z.array(outageAlert)),
      }),
    ),
  }),
  refusals: { not_found: REFUSALS.not_found },
  async handle({ query, path: { service }, refuse }, context) {
    const subject = await findSubject(context, service);
    if (!subject) throw refuse("not_found");
    const range = readTimeRange(query, { nowMs: context.clock.nowMs(), longestDays: MOST_DAYS });
    const all = await readOutages(context, subject, range);
    const newest = all.slice(-query.limit).toReversed();
    const alerts = await readAlerts(context, service, newest);
    return {
      service,
      name: subject.name,
      total: all.length,
      outages: newest.map((outage) => ({
        since: formatTimestamp(outage.sinceMs),
        until: formatOptional(outage.recoveredAtMs),
        recovery_seen: outage.isRecoverySeen,
        duration_s: Math.round(outage.seenMs / 1_000),
        reason: outage.reason,
        message: outage.message,
        alerts: alerts.filter(({ alert }) => wasOpenIn(alert, outage)).map(alertJson),
      })),
    };
  },
});

/** Oldest first. */
async function readOutages(context: MonitorContext, { id, range: known }: Subject, range: TimeSpan): Promise<Outage[]> {
  const untilMs = Math.min(range.untilMs, known.untilMs, context.clock.nowMs());
  const transitions = await readOutageTransitions(context, { ...range, serviceIds: [id] });
  return listOutages(transitions.get(id) ?? [], { ...known, sinceMs: range.sinceMs, untilMs });
}

interface ToldAlert {
  readonly alert: AlertRecord;
  readonly acknowledgement: AlertAcknowledgement | null;
  /** Oldest first. */
  readonly messages: readonly AlertMessage[];
}

/** Oldest first; those about its certificate are no part of an outage. */
async function readAlerts(
  context: MonitorContext,
  service: string,
  newestFirst: readonly Outage[],
): Promise<ToldAlert[]> {
  const [last, first] = [newestFirst[0], newestFirst.at(-1)];
  if (!first || !last) return [];
  const untilMs = last.recoveredAtMs ?? Number.MAX_SAFE_INTEGER;
  // One that comes and goes may be of an alert that fired in an earlier one.
  const query = {
    sinceMs: first.sinceMs - DAY_MS,
    untilMs,
    after: null,
    limit: MOST_ALERTS,
    severity: null,
    isOpen: null,
  };
  const found = await listAlerts(context, { ...query, service });
  const own = found.filter(({ subject }) => isService(subject)).toReversed();
  const ids = own.map(({ id }) => id);
  const [acknowledgements, messages] = await Promise.all([
    readAcknowledgements(context, ids),
    listAlertMessages(context, ids),
  ]);
  return own.map((alert) => ({
    alert,
    acknowledgement: acknowledgements.get(alert.id) ?? null,
    messages: messages
      .filter(({ channel, alertIds }) => alertIds.includes(alert.id) && !isRemediation(channel))
      .slice(0, MOST_MESSAGES),
  }));
}

function wasOpenIn({ firedAtMs, endedAtMs }: AlertRecord, { sinceMs, recoveredAtMs }: Outage): boolean {
  return firedAtMs < (recoveredAtMs ?? Infinity) && (endedAtMs ?? Infinity) > sinceMs;
}

function alertJson({ alert, acknowledgement, messages }: ToldAlert) {
  return {
    id: alert.id,
    severity: alert.severity,
    fired_at: formatTimestamp(alert.firedAtMs),
    ended_at: formatOptional(alert.endedAtMs),
    acknowledged_by: acknowledgement?.by ?? alert.acknowledgedBy,
    acknowledged_at: formatOptional(acknowledgement?.atMs ?? null),
    notified_channels: alert.notifiedChannels,
    messages: messages.map(({ channel, type, createdAtMs, endedAtMs, state }) => ({
      channel: channelOf(channel),
      type,
      at: formatTimestamp(createdAtMs),
      state,
      ended_at: formatOptional(endedAtMs),
    })),
  };
}
