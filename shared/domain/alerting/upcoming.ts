/**
 * How many more alerts are about to be told, for all that is known: grouping waits for them, so that an outage is few messages
 * although its services are looked at one after the other. Pure; a guess, and only about time: whatever comes is told.
 * Invariant: nothing is awaited for longer than a minute.
 */
import { chooseSeverity, type Severity } from "./alert.ts";
import type { OpenAlert } from "./alert-life.ts";
import type { AlertingState } from "./alerting-state.ts";
import { findNextStep, WAITS_FOR_TIME, type Policies } from "./escalation.ts";
import type { DispatchGroup } from "./grouping.ts";
import type { LastChecks } from "../monitoring/cluster-state.ts";
import type { Service } from "../monitoring/service.ts";

/** What is about to be told within this time is worth waiting for when something has been told already. */
const SOON_MS = 60_000;

export interface UpcomingInput {
  readonly subjects: AlertingState["subjects"];
  readonly services: ReadonlyMap<string, Pick<Service, "id" | "critical" | "alertRules" | "intervalMs">>;
  readonly lastChecks: LastChecks;
  readonly policies: Policies;
  readonly channel: string;
  readonly severity: Severity;
  /** What is in the message already; the next step of these is no reason to wait with it. */
  readonly waiting: DispatchGroup["waiting"];
  readonly nowMs: number;
}

/** Alerts that are suspected or wait, and services that nobody has looked at since the outage began. */
export function countUpcoming(input: UpcomingInput): number {
  const { subjects, services, severity, policies, channel } = input;
  const alerts = [...subjects.values()].flatMap(({ alert }) => (alert?.severity === severity ? [alert] : []));
  const waiting = new Set(input.waiting.map(({ report }) => report.id));
  const expected = alerts.filter((alert) => !waiting.has(alert.id) && isExpected(alert) && isSoonTold(alert, input));
  const [first] = policies[severity].steps;
  const isToldAtOnce = first?.afterMs === 0 && first.channels.includes(channel);
  const beganAtMs = isToldAtOnce ? findBeginning(alerts, input.nowMs) : Infinity;
  if (beganAtMs === Infinity) return expected.length;
  return expected.length + [...services.values()].filter((each) => isUnseenSince(beganAtMs, each, input)).length;
}

/** When the first of those began that fired just now; Infinity: none did. */
function findBeginning(alerts: readonly OpenAlert[], nowMs: number): number {
  const recent = alerts.filter(({ firedAtMs }) => firedAtMs !== null && nowMs - firedAtMs <= SOON_MS);
  return Math.min(...recent.map(({ sinceMs }) => sinceMs));
}

/** What inhibited it is over, or nothing but time keeps it quiet. */
function isExpected({ inhibition, decision }: OpenAlert): boolean {
  return inhibition ? inhibition.endedAtMs !== null : WAITS_FOR_TIME.has(decision);
}

function isSoonTold(alert: OpenAlert, { nowMs, policies, severity, channel }: UpcomingInput): boolean {
  const startMs = alert.state === "pending" || alert.inhibition !== null ? nowMs : alert.baseMs;
  const next = findNextStep({ ...alert, baseMs: startMs }, policies[severity]);
  return next !== null && next.dueMs <= nowMs + SOON_MS && next.channels.includes(channel);
}

function isUnseenSince(
  beganAtMs: number,
  { id, critical, alertRules, intervalMs }: Pick<Service, "id" | "critical" | "alertRules" | "intervalMs">,
  { subjects, lastChecks, severity }: UpcomingInput,
): boolean {
  const last = lastChecks.get(id);
  if (!last || intervalMs > SOON_MS || subjects.get(id)?.alert) return false;
  const isAlike = chooseSeverity({ critical, severity: alertRules.severity }, null) === severity;
  return isAlike && last.checkedAtMs - last.responseTimeMs < beganAtMs;
}
