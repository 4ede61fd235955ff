/**
 * The evidence about one service, taken from what the last commit holds and from what is stored of its past. Pure.
 * Called by functions/endpoints/explain.ts. Invariant: a piece is there only when it says something about this service now.
 */
import { DECISIONS } from "../alerting/alert.ts";
import type { OpenAlert, SubjectMemory } from "../alerting/alert-life.ts";
import { certificateSubject, type AlertingState } from "../alerting/alerting-state.ts";
import { findBalancer } from "../alerting/find-balancer.ts";
import { findDueStep, type Policies } from "../alerting/escalation.ts";
import { findMaintenance, listAncestors } from "../alerting/maintenance.ts";
import { currentEndMs } from "../alerting/maintenance-window.ts";
import { findSilence } from "../alerting/silence.ts";
import { clipSpans, sumMs } from "../history/episodes.ts";
import { listOutages } from "../history/outages.ts";
import { isDown, type Check } from "../monitoring/check.ts";
import { findVotes, isStale, type ClusterMoment } from "../monitoring/cluster-state.ts";
import { overallStatus } from "../monitoring/cluster-status.ts";
import { lastPhase } from "../monitoring/health-document.ts";
import { evidenceEndsAtMs, type StatusSince } from "../monitoring/status-since.ts";
import type { RosterEntry, Service } from "../monitoring/service.ts";
import type { Transition } from "../monitoring/transition.ts";
import { DAY_MS } from "../text/timestamp.ts";
import type { Evidence, NamedStatus, SentMessage } from "./evidence.ts";

export interface Known {
  readonly service: Service;
  readonly services: ReadonlyMap<string, Service>;
  readonly policies: Policies;
  readonly moment: ClusterMoment;
  readonly alerting: AlertingState;
  readonly since: StatusSince;
  /** Of the service, of the last `PAST_MS`, from the beginning of the outage on in which that begins. */
  readonly transitions: readonly Transition[];
  /** About its open alert, newest first. */
  readonly messages: readonly SentMessage[];
  /** When it is looked at again, epoch ms; null: nobody knows. */
  readonly dueAtMs: number | null;
  readonly nowMs: number;
}

export const PAST_MS = 7 * DAY_MS;

export function gatherEvidence(known: Known): Evidence {
  const { service, moment, alerting, nowMs, dueAtMs, messages } = known;
  const entry = moment.roster.find(({ id }) => id === service.id);
  const check = moment.checks.get(service.id);
  const memory = alerting.subjects.get(service.id);
  return {
    ...(check && entry ? aboutCheck(known, check, entry) : NOT_CHECKED),
    ...(memory?.alert ? aboutAlert(known, memory, memory.alert) : NOT_ALERTED),
    ...aboutOthers(known),
    unchecked: check ? null : { intervalMs: service.intervalMs },
    certificate: findCertificate(known),
    maintenance: findWindow(known),
    messages: messages.length > 0 ? messages : null,
    past: entry ? findPast(known) : null,
    nextCheck: dueAtMs !== null && dueAtMs > nowMs ? { atMs: dueAtMs } : null,
  };
}

const NOT_CHECKED = { check: null, stale: null, since: null, impact: null, slow: null, deadline: null };

function aboutCheck({ service, since, nowMs }: Known, check: Check, entry: RosterEntry) {
  const { reason, responseTimeMs, status, details } = check;
  const isFresh = !isStale(check, entry, nowMs);
  const sinceMs = since.services.get(service.id);
  const { slowAfterMs, timeoutMs, impact } = service;
  const wasLate = reason === "deadline_connect" || reason === "deadline_response";
  return {
    check,
    stale: isFresh ? null : { endedAtMs: evidenceEndsAtMs(check, entry.staleAfterMs) },
    since: isFresh && sinceMs !== undefined ? { status, atMs: sinceMs } : null,
    impact: isFresh && isDown(status) && impact !== null ? { sentence: impact } : null,
    slow: reason === "slow" && slowAfterMs !== null ? { responseTimeMs, slowAfterMs } : null,
    deadline: wasLate ? { timeoutMs, phase: lastPhase(details.timings ?? {}) } : null,
  };
}

const NOT_ALERTED = {
  failing: null,
  recovering: null,
  flapping: null,
  inhibition: null,
  silence: null,
  acknowledgement: null,
  decision: null,
  nextStep: null,
};

function aboutAlert(known: Known, { failures, successes }: SubjectMemory, alert: OpenAlert) {
  const { service, alerting, policies, nowMs } = known;
  const silence = findSilence(alerting.silences, { service: service.id, severity: alert.severity }, nowMs);
  const step = findDueStep(alert, policies);
  const { failures: needed, successes: enough, forMs } = service.alertRules;
  const { sinceMs, firedAtMs, decision, acknowledgedBy: by, acknowledgedUntilMs: untilMs } = alert;
  return {
    failing: failures > 0 ? { failures, needed, forMs, sinceMs, hasFired: firedAtMs !== null } : null,
    recovering: successes > 0 ? { successes, needed: enough } : null,
    flapping: alert.isFlapping ? { isQuiet: alert.isFlappingNotified } : null,
    inhibition: findInhibition(alert, known),
    silence: silence && { untilMs: silence.endsAtMs, author: silence.author, comment: silence.comment },
    acknowledgement: by !== null && untilMs !== null ? { by, untilMs } : null,
    decision: { decision, sentence: DECISIONS[decision] },
    nextStep: step && { dueMs: step.dueMs, channels: step.channels },
  };
}

function findInhibition({ inhibition }: OpenAlert, { services }: Known): Evidence["inhibition"] {
  if (inhibition === null) return null;
  const { kind, by, endedAtMs } = inhibition;
  return { kind, name: services.get(by)?.name ?? by, isOver: endedAtMs !== null };
}

function findCertificate({ service, alerting }: Known): Evidence["certificate"] {
  const alert = alerting.subjects.get(certificateSubject(service.id))?.alert;
  if (!alert || alert.message === null) return null;
  return { message: alert.message, decision: alert.decision, sentence: DECISIONS[alert.decision] };
}

function findWindow({ service, services, alerting, nowMs }: Known): Evidence["maintenance"] {
  const window = findMaintenance(service.id, { services, windows: alerting.windows, nowMs });
  return window && { untilMs: currentEndMs(window, nowMs), author: window.author, comment: window.comment };
}

function aboutOthers(known: Known) {
  const { service, services, moment, since, nowMs } = known;
  const statuses = new Map(
    findVotes(moment, nowMs).map(({ status }, index) => [moment.roster[index]?.id ?? "", status]),
  );
  const named = (id: string): NamedStatus => ({
    service: id,
    name: services.get(id)?.name ?? id,
    status: statuses.get(id) ?? "unknown",
  });
  const isBad = isDown(named(service.id).status);
  const needs = isBad
    ? listAncestors(service.id, services, (id) => named(id).status !== "healthy")
        .map(named)
        .filter(({ status }) => isDown(status))
    : [];
  const neighbours =
    service.machine === null ? [] : [...services.values()].filter((each) => each.machine === service.machine);
  const others = neighbours.filter(({ id }) => id !== service.id).map(({ id }) => named(id));
  const dependents = listDependents(service.id, services).map(named);
  return {
    needs: needs.length > 0 ? needs : null,
    machine: isBad && others.some(({ status }) => isDown(status)) ? others : null,
    balancer: findBalancer({
      service,
      services,
      checks: moment.checks,
      sinceMs: since.services.get(service.id) ?? Infinity,
      statusOf: (id) => named(id).status,
    }),
    dependents: dependents.length > 0 ? dependents : null,
    cluster: isBad ? findEffect(known) : null,
  };
}

/** What the cluster would be if this service were well. */
function findEffect({ service, moment, nowMs }: Known): Evidence["cluster"] {
  const votes = findVotes(moment, nowMs);
  const place = moment.roster.findIndex(({ id }) => id === service.id);
  const well = votes.map((vote, index) => (index === place ? { ...vote, status: "healthy" as const } : vote));
  const percent = moment.degradedThresholdPercent;
  return { overall: overallStatus(votes, percent), otherwise: overallStatus(well, percent) };
}

/** What needs a service, directly or not, the nearest first. Also a cycle ends. */
function listDependents(id: string, services: ReadonlyMap<string, Pick<Service, "id" | "dependsOn">>): string[] {
  const direct = new Map<string, string[]>();
  for (const { id: child, dependsOn } of services.values())
    for (const parent of dependsOn) direct.set(parent, [...(direct.get(parent) ?? []), child]);
  const found = new Set([id]);
  for (const each of found) for (const child of direct.get(each) ?? []) found.add(child);
  return [...found].slice(1);
}

function findPast({ transitions, nowMs }: Known): Evidence["past"] {
  const range = { sinceMs: nowMs - PAST_MS, untilMs: nowMs };
  const outages = listOutages(transitions, { ...range, evidenceEndsAtMs: Infinity });
  if (outages.length === 0) return null;
  const lengths = outages
    .filter(({ isRecoverySeen }) => isRecoverySeen)
    .map((outage) => outage.seenMs)
    .sort((left, right) => left - right);
  const medianMs = lengths[Math.floor((lengths.length - 1) / 2)] ?? null;
  const downMs = sumMs(
    clipSpans(
      outages.flatMap(({ seen }) => seen),
      range,
    ),
  );
  return { outages: outages.length, downMs, medianMs };
}
