/**
 * The words of alerting: the life of one problem, how bad it is, and why nobody is told of it just now.
 * Knows no channel and no storage. `alert-life.ts` moves an alert through its states, `escalation.ts` decides who is told when.
 * Invariant: an alert's id is made of its subject and of when it began, so that computing it twice gives the same alert.
 */
import type { CheckStatus, Reason } from "../monitoring/check.ts";
import { fnv1a } from "../text/fnv1a.ts";

/** From bad to harmless; also the order in which people see them. */
export const SEVERITIES = ["critical", "warning", "info"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** A pending one has failed, but not often enough to bother anybody. */
export const ALERT_STATES = ["pending", "firing", "acknowledged", "resolved"] as const;

export type AlertState = (typeof ALERT_STATES)[number];
export type OpenState = Exclude<AlertState, "resolved">;

/** Why an alert ended: the closed list, with the sentence that documents each one. */
export const END_REASONS = {
  recovered: "The service answered well as often as `successes` asks.",
  removed: "The service is not configured any more.",
  over: "What it told of was over when it was told.",
  replaced: "Another alert about the same goes on: it was told while this one could not be read.",
} as const;

export type EndReason = keyof typeof END_REASONS;

/**
 * What was decided about notifying people of an alert: the closed list, with the sentence that documents each one. None says that
 * somebody has been told: the outbox knows what has arrived.
 */
export const DECISIONS = {
  pending: "It has not failed often or long enough yet.",
  notified: "It was decided to tell everybody who is to know by now.",
  waiting: "The next step of its policy is not due yet.",
  no_channel: "Its policy tells nobody.",
  acknowledged: "Somebody looks after it.",
  isolated: "The monitor itself is cut off; the alert about that stands for this one.",
  affected: "A service that it depends on fails; the alert about that stands for this one.",
  starting:
    "A service that it depends on is still starting; it is told when it fails after that, has failed for that starting_grace, or when the other starts again and again.",
  joined: "The alert about another service of the same machine stands for this one.",
  flapping: "It comes and goes; nothing more is told until it has settled.",
  silenced: "A silence covers it.",
  maintenance: "Its service, what that needs, or the network is in maintenance.",
} as const;

export type Decision = keyof typeof DECISIONS;

/** The rules of one service's alert. */
export interface AlertRules {
  /** Null: critical for a critical service, else warning. */
  readonly severity: Severity | null;
  /** Failing checks in a row until it fires, ≥ 1. */
  readonly failures: number;
  /** Healthy checks in a row until it resolves, ≥ 1. */
  readonly successes: number;
  /** It fires only after failing this long, in ms, ≥ 0. */
  readonly forMs: number;
  /** Whether coming and going is noticed and kept quiet. */
  readonly flapping: boolean;
}

/** Three failures in a row to fire, two successes to resolve: what nobody configured. */
export const DEFAULT_ALERT_RULES: AlertRules = { severity: null, failures: 3, successes: 2, forMs: 0, flapping: true };

const NEVER_CRITICAL: ReadonlySet<Reason> = new Set([
  "slow",
  "stale",
  "isolated",
  "cpu_fallback",
  "semantic_drift",
  "partly_down",
  "overloaded",
]);

/** Severity of a service's problem: what still serves and our own missing evidence are warnings at most, whatever the service. */
export function chooseSeverity(
  { critical, severity }: { readonly critical: boolean; readonly severity?: Severity | null },
  reason: Reason | null,
): Severity {
  const own = severity ?? (critical ? "critical" : "warning");
  return own === "critical" && reason && NEVER_CRITICAL.has(reason) ? "warning" : own;
}

/** Negative when `left` is worse than `right`. */
export function bySeverity(left: Severity, right: Severity): number {
  return SEVERITIES.indexOf(left) - SEVERITIES.indexOf(right);
}

/** What was last found wrong. */
export interface Problem {
  readonly status: CheckStatus;
  readonly reason: Reason | null;
  /** One sentence without secrets; null when there is none. */
  readonly message: string | null;
}

/** What an alert is, in what is remembered of it, in its row and in messages. */
export interface AlertFacts extends Problem {
  readonly id: string;
  readonly severity: Severity;
  /** The first failing check, epoch ms. */
  readonly sinceMs: number;
  readonly isFlapping: boolean;
  /** Steps of its policy that have been taken since it fired (or fired again, worse). */
  readonly level: number;
  readonly acknowledgedBy: string | null;
  /** What was done by itself, as people read it. */
  readonly actionTaken: string | null;
}

/** The same as others are told of it, also when it is over. */
export interface NamedAlert extends AlertFacts {
  /** What people called its subject then. */
  readonly name: string;
  readonly state: AlertState;
  /** Epoch ms; null while it is open. */
  readonly endedAtMs: number | null;
  readonly endReason: EndReason | null;
}

/** The id of the alert about `subject` that began at `sinceMs`: `tools-mf3k2a9c-1x`. Safe in a URL path. */
export function formatAlertId(subject: string, sinceMs: number): string {
  return `${subject.replace(/[^A-Za-z0-9_-]/g, "-")}-${sinceMs.toString(36)}-${fnv1a(subject).toString(36).slice(0, 3)}`;
}
