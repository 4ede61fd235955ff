/**
 * Who is told of an alert, and when: the steps of its policy, one after the other. Pure.
 * `alerting.ts` asks it at every sweep and at every instant it names as the next one.
 * Invariants: step k+1 is never taken sooner than its own delay after step k, however late that one was; none is skipped;
 * the order of what keeps an alert quiet is written in `findMute` alone.
 */
import type { Decision, Severity } from "./alert.ts";
import type { OpenAlert } from "./alert-life.ts";
import { isAboutCertificate } from "./certificate.ts";
import type { NotificationType } from "./notification.ts";
import { channelOf } from "./recipient.ts";
import { DAY_MS } from "../text/timestamp.ts";

export interface PolicyStep {
  /** After the alert has fired, in ms, ≥ 0; not less than that of the step before. */
  readonly afterMs: number;
  /** Names of channels, each once. */
  readonly channels: readonly string[];
}

export interface Policy {
  readonly steps: readonly PolicyStep[];
}

export type Policies = Readonly<Record<Severity, Policy>>;

/** A reminder when nothing has been told for so long, until somebody acknowledges. */
const REMIND_EVERY_MS = 4 * 3_600_000;

/** People have days to renew it. */
const REMIND_OF_CERTIFICATE_EVERY_MS = DAY_MS;

/** Whoever acknowledged is asked again after this long. */
export const ACKNOWLEDGED_FOR_MS = 3_600_000;

/** What was due longer ago than this is marked as late. */
const LATE_MS = 60_000;

/** Nothing but time keeps it quiet: when such a step is late, we were. */
export const WAITS_FOR_TIME: ReadonlySet<Decision> = new Set(["pending", "waiting", "notified"]);

/** Why nobody is told of it now; null when it may be told. An inhibition counts until a check after its end has failed, too. */
export function findMute(alert: OpenAlert, isSilenced: boolean): Decision | null {
  if (alert.state !== "firing") return alert.state;
  if (alert.inhibition) return alert.inhibition.kind;
  if (alert.isFlapping && alert.isFlappingNotified) return "flapping";
  return isSilenced ? "silenced" : null;
}

/** What is to be told of an alert next, were nothing in the way. */
export interface NextStep {
  readonly type: NotificationType;
  readonly dueMs: number;
  readonly channels: readonly string[];
  /** The level after it. */
  readonly level: number;
}

/** The next thing to tell of a firing alert; null when its policy has nothing to say. */
export function findNextStep(alert: OpenAlert, { steps }: Policy): NextStep | null {
  const { level, baseMs, notifiedChannels, isFlapping, isFlappingNotified, notifiedAtMs } = alert;
  if (isFlapping && isFlappingNotified) return null;
  const isKnown = level > 0 && notifiedChannels.length > 0;
  if (isFlapping && isKnown)
    return { type: "alert.flapping", dueMs: alert.failedAtMs, channels: notifiedChannels, level };
  const next = steps[level];
  if (next) {
    const delayMs = next.afterMs - (steps[level - 1]?.afterMs ?? 0);
    return { type: chooseType(alert), dueMs: baseMs + Math.max(0, delayMs), ...allAt(next.afterMs, steps, level) };
  }
  const last = steps.at(-1);
  if (!last) return null;
  const everyMs = isAboutCertificate(alert) ? REMIND_OF_CERTIFICATE_EVERY_MS : REMIND_EVERY_MS;
  return { type: "alert.reminder", dueMs: (notifiedAtMs ?? baseMs) + everyMs, channels: last.channels, level };
}

/** What time alone will have told next; null while something else keeps the alert quiet, or when nothing will be. */
export function findDueStep(alert: OpenAlert, policies: Policies): NextStep | null {
  const isDue = alert.state === "firing" && WAITS_FOR_TIME.has(alert.decision);
  return isDue ? findNextStep(alert, policies[alert.severity]) : null;
}

function chooseType({ isFlapping, level }: OpenAlert): NotificationType {
  if (isFlapping) return "alert.flapping";
  return level === 0 ? "alert.firing" : "alert.escalated";
}

/** Steps of one instant are one. */
function allAt(afterMs: number, steps: Policy["steps"], level: number): Pick<NextStep, "channels" | "level"> {
  const together = steps.filter((step, index) => index === level || (index > level && step.afterMs <= afterMs));
  return { channels: [...new Set(together.flatMap(({ channels }) => channels))], level: level + together.length };
}

/** Said at once, to everybody who knows of it: it is still wrong. */
export function buildReminder({ level, notifiedChannels }: OpenAlert, nowMs: number): NextStep {
  return { type: "alert.reminder", dueMs: nowMs, channels: notifiedChannels, level };
}

/** Who is new to it: named by the steps that have been taken, or behind a channel that they name. In the outbox's names, each once. */
export function findUnheard({ level, notifiedChannels, unheardBy = [] }: OpenAlert, { steps }: Policy): string[] {
  const named = new Set(steps.slice(0, level).flatMap(({ channels }) => channels));
  const unheard = [...named].filter((channel) => !notifiedChannels.includes(channel));
  return [...unheard, ...unheardBy.filter((name) => named.has(channelOf(name)))];
}

/** Said at once, to those alone: no step is taken by it, and nobody else waits longer. */
export function afterCatchingUp(alert: OpenAlert, names: readonly string[]): OpenAlert {
  const notifiedChannels = [...new Set([...alert.notifiedChannels, ...names.map(channelOf)])];
  const { unheardBy = [] } = alert;
  return { ...alert, notifiedChannels, unheardBy: unheardBy.filter((name) => !names.includes(name)) };
}

export function isLate(dueMs: number, nowMs: number): boolean {
  return nowMs - dueMs > LATE_MS;
}

/** The alert after a step of it has been told to these channels. */
export function afterStep(alert: OpenAlert, step: Pick<NextStep, "channels" | "level">, nowMs: number): OpenAlert {
  return {
    ...alert,
    level: step.level,
    baseMs: nowMs,
    notifiedChannels: [...new Set([...alert.notifiedChannels, ...step.channels])],
    unheardBy: (alert.unheardBy ?? []).filter((name) => !step.channels.includes(channelOf(name))),
    notifiedAtMs: nowMs,
    isFlappingNotified: alert.isFlappingNotified || alert.isFlapping,
    decision: "notified",
  };
}
