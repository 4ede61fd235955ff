/**
 * The life of the alert about one subject: what one more check makes of it. Pure and total.
 * `alerting.ts` calls it for every check; who is told of what happened is decided elsewhere.
 * Invariants: legal edges only (none → pending → firing ⇄ acknowledged → resolved); at most one alert a subject; severity never
 * falls while an alert is firing; a check that says nothing (maintenance) changes nothing.
 */
import {
  formatAlertId,
  bySeverity,
  type AlertFacts,
  type AlertRules,
  type Decision,
  type EndReason,
  type NamedAlert,
  type OpenState,
  type Problem,
  type Severity,
} from "./alert.ts";
import type { Check } from "../monitoring/check.ts";
import { isUnreachable } from "./network-proof.ts";
import { isFlapping, nextTrail, STEADY, withFiring, type CheckTrail } from "./flapping.ts";

/** What one check says of a subject. */
export interface Evidence {
  readonly verdict: "ok" | "failing" | "neutral";
  /** When the check began: what it found may be as old as that. */
  readonly beganAtMs: number;
  readonly atMs: number;
  readonly problem: Problem;
  /** Of the problem. */
  readonly severity: Severity;
}

/** What makes notifying of an alert pointless: another alert speaks for it, or its service is being worked on. */
export interface Inhibition {
  readonly kind: "maintenance" | "isolated" | "affected" | "joined" | "starting";
  /** The subject that is told instead, or the maintenance window. */
  readonly by: string;
  /** When that was over, epoch ms; null while it holds. */
  readonly endedAtMs: number | null;
}

export interface OpenAlert extends AlertFacts {
  readonly state: OpenState;
  /** Failing checks in a row that were worse than `severity`. */
  readonly worse: number;
  /** When the last failing check began, epoch ms. */
  readonly failedAtMs: number;
  /** Since when nobody has answered, epoch ms; null: it answers, if badly. Absent: it was stored before this was remembered. */
  readonly unansweredSinceMs?: number | null;
  /** Null while pending. */
  readonly firedAtMs: number | null;
  /** Escalation: what the delay of the next step counts from, epoch ms. */
  readonly baseMs: number;
  /** Channels that have been told of it, each once. */
  readonly notifiedChannels: readonly string[];
  /** Receivers behind these (names in the outbox) that have not heard of it, since they are new. Absent: none. */
  readonly unheardBy?: readonly string[];
  /** When somebody was last told, epoch ms; null: nobody yet. */
  readonly notifiedAtMs: number | null;
  /** True when it has been told that it comes and goes. */
  readonly isFlappingNotified: boolean;
  readonly decision: Decision;
  /** What is told instead; null for nothing. */
  readonly inhibition: Inhibition | null;
  /** When the acknowledgement lapses, epoch ms. */
  readonly acknowledgedUntilMs: number | null;
  /** True when its service's remediation has been decided about. */
  readonly hasRemediation: boolean;
}

/** How an alert ended: when, epoch ms, and why. */
export interface AlertEnd {
  readonly atMs: number;
  readonly reason: EndReason;
}

/** An alert as others are told of it. `end`: absent while it is open. */
export function named(alert: OpenAlert, name: string, end?: AlertEnd): NamedAlert {
  const { id, severity, status, reason, message, sinceMs, level, acknowledgedBy, actionTaken } = alert;
  return {
    id,
    name,
    severity,
    state: end ? "resolved" : alert.state,
    status,
    reason,
    message,
    sinceMs,
    endedAtMs: end?.atMs ?? null,
    endReason: end?.reason ?? null,
    isFlapping: alert.isFlapping,
    level,
    acknowledgedBy,
    actionTaken,
  };
}

/** What is remembered of a subject between two checks. */
export interface SubjectMemory extends CheckTrail {
  /** Failing checks in a row. */
  readonly failures: number;
  /** Healthy checks in a row, counted while an alert is open. */
  readonly successes: number;
  readonly alert: OpenAlert | null;
}

export const AT_REST: SubjectMemory = { ...STEADY, failures: 0, successes: 0, alert: null };

/** True when there is nothing to remember. */
export function isAtRest({ failures, alert, changes, firings }: SubjectMemory): boolean {
  return failures === 0 && alert === null && changes === 0 && firings === 0;
}

/**
 * `fired`, `raised` (severity), `flapping` (begins), `settled` (flapping ends while it fails), `resolved`, `dropped` (was pending
 * only).
 */
export type LifeEvent = "fired" | "raised" | "flapping" | "settled" | "resolved" | "dropped";

export interface LifeStep {
  readonly memory: SubjectMemory;
  readonly event: LifeEvent | null;
  /** The alert that ended with `resolved` or `dropped`. */
  readonly ended: OpenAlert | null;
}

export interface Subject {
  readonly key: string;
  readonly rules: AlertRules;
}

/** What a check makes of the memory of its subject. */
export function advance(memory: SubjectMemory, evidence: Evidence, subject: Subject): LifeStep {
  if (evidence.verdict === "neutral") return pausedBy(memory);
  return evidence.verdict === "ok" ? afterSuccess(memory, subject) : afterFailure(memory, evidence, subject);
}

/** What a check says about its service. */
export function readEvidence(check: Check, severity: Severity): Evidence {
  const { status, reason, message, checkedAtMs: atMs, responseTimeMs } = check;
  const isNeutral = status === "maintenance" || status === "unknown" || isPatient(check);
  const verdict = isNeutral ? "neutral" : status === "healthy" ? "ok" : "failing";
  return { verdict, beganAtMs: atMs - responseTimeMs, atMs, problem: { status, reason, message }, severity };
}

/**
 * It has been given time: one that loads its model for `starting_grace`, one that is occupied until it counts as wedged. Nobody is woken
 * for that; whatever comes of it is told.
 */
function isPatient({ status, reason }: Pick<Check, "status" | "reason">): boolean {
  return status === "degraded" && (reason === "starting" || reason === "busy");
}

/** In maintenance, what was only suspected is forgotten; what was firing is still so afterwards, and no news. */
function pausedBy(memory: SubjectMemory): LifeStep {
  const { alert } = memory;
  if (alert?.state !== "pending") return { memory, event: null, ended: null };
  return { memory: { ...memory, failures: 0, alert: null }, event: "dropped", ended: alert };
}

function afterSuccess(memory: SubjectMemory, { rules }: Subject): LifeStep {
  const { alert } = memory;
  const trail = nextTrail(memory, memory.failures > 0);
  if (!alert) return step({ ...trail, failures: 0, successes: 0, alert });
  const successes = memory.successes + 1;
  if (alert.state === "pending") return step({ ...trail, failures: 0, successes: 0, alert: null }, "dropped", alert);
  const flaps = rules.flapping && alert.isFlapping && isFlapping(trail, true, false);
  // A success in between: what was worse was not so in a row.
  if (successes < rules.successes || flaps)
    return step({ ...trail, failures: 0, successes, alert: { ...alert, worse: 0, unansweredSinceMs: null } });
  return step({ ...trail, failures: 0, successes: 0, alert: null }, "resolved", alert);
}

function afterFailure(memory: SubjectMemory, evidence: Evidence, { key, rules }: Subject): LifeStep {
  const failures = memory.failures + 1;
  const alert = updated(memory.alert ?? opened(key, evidence), evidence, rules);
  const isLongEnough = failures >= rules.failures && evidence.atMs - alert.sinceMs >= rules.forMs;
  const fires = alert.state === "pending" && isLongEnough;
  const trail = nextTrail(memory, memory.failures === 0);
  const flaps = rules.flapping && isFlapping(trail, alert.isFlapping, fires);
  const isRaised = alert.state !== "pending" && alert.severity !== memory.alert?.severity;
  const findings: FailureFindings = { atMs: evidence.atMs, isRaised, fires, flaps, isLongEnough };
  const event = chooseEvent(alert, findings);
  const next = { ...(fires ? withFiring(trail) : trail), failures, successes: 0 };
  return step({ ...next, alert: event ? withEvent(alert, event, findings) : alert }, event);
}

interface FailureFindings {
  readonly atMs: number;
  readonly isRaised: boolean;
  readonly fires: boolean;
  readonly flaps: boolean;
  readonly isLongEnough: boolean;
}

type FailureEvent = Extract<LifeEvent, "fired" | "raised" | "flapping" | "settled">;

function chooseEvent(alert: OpenAlert, { isRaised, fires, flaps, isLongEnough }: FailureFindings): FailureEvent | null {
  if (flaps && !alert.isFlapping) return "flapping";
  if (alert.isFlapping && !flaps && isLongEnough) return "settled";
  if (fires) return "fired";
  return isRaised ? "raised" : null;
}

/** Two things may happen at once: whatever else does, a severity that was raised has the policy of the new one begin. */
function withEvent(alert: OpenAlert, event: FailureEvent, { atMs, isRaised }: FailureFindings): OpenAlert {
  const found = { ...alert, isFlapping: event === "flapping" || (event === "raised" && alert.isFlapping) };
  if (isRaised) return raisedTo(found, alert.severity, atMs);
  if (alert.state === "pending") return restarted(found, atMs);
  if (event === "flapping") return found;
  // It fails all the time now. Whoever looks after it need not be told that.
  return alert.state === "acknowledged" ? { ...found, isFlappingNotified: false } : restarted(found, atMs);
}

/** It is worse than it was: told anew, by itself, also to those who looked after it. */
export function raisedTo(alert: OpenAlert, severity: Severity, atMs: number): OpenAlert {
  const inhibition = alert.inhibition?.kind === "joined" ? null : alert.inhibition;
  if (alert.state === "pending") return { ...alert, severity };
  return restarted({ ...alert, severity, inhibition }, atMs);
}

function opened(key: string, { atMs, beganAtMs, problem, severity }: Evidence): OpenAlert {
  return {
    ...problem,
    id: formatAlertId(key, atMs),
    state: "pending",
    severity,
    worse: 0,
    sinceMs: atMs,
    failedAtMs: beganAtMs,
    unansweredSinceMs: null,
    firedAtMs: null,
    isFlapping: false,
    baseMs: atMs,
    level: 0,
    notifiedChannels: [],
    notifiedAtMs: null,
    isFlappingNotified: false,
    decision: "pending",
    inhibition: null,
    acknowledgedBy: null,
    acknowledgedUntilMs: null,
    // Its next checks come sooner (schedule.ts); certificates and the monitor itself are looked at as before.
    actionTaken: key.includes("#") ? null : "monitoring increased frequency",
    hasRemediation: false,
  };
}

/** The newest finding, and the severity it deserves: as often as an alert needs to fire, the problem must have been worse. */
function updated(alert: OpenAlert, { beganAtMs, atMs, problem, severity }: Evidence, rules: AlertRules): OpenAlert {
  const compared = bySeverity(severity, alert.severity);
  const worse = compared < 0 ? alert.worse + 1 : 0;
  const isPending = alert.state === "pending";
  const isRaised = worse >= rules.failures;
  const next = isRaised || (isPending && compared > 0) ? severity : alert.severity;
  const unansweredSinceMs = isUnreachable(problem) ? (alert.unansweredSinceMs ?? atMs) : null;
  const found = { ...problem, failedAtMs: beganAtMs, unansweredSinceMs };
  return { ...alert, ...found, severity: next, worse: isRaised ? 0 : worse };
}

/** Its policy begins anew. */
function restarted(alert: OpenAlert, atMs: number): OpenAlert {
  return {
    ...alert,
    state: "firing",
    firedAtMs: alert.firedAtMs ?? atMs,
    baseMs: atMs,
    level: 0,
    isFlappingNotified: false,
    acknowledgedBy: null,
    acknowledgedUntilMs: null,
  };
}

function step(memory: SubjectMemory, event: LifeEvent | null = null, ended: OpenAlert | null = null): LifeStep {
  return { memory, event, ended };
}
