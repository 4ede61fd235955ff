/**
 * What backends of HAProxy do from check to check: the share of 5xx among enough answers, and whether requests wait for long. Pure.
 * Kept in the table (haproxy-table.ts), judged for haproxy.ts; queues are followed in haproxy-queue.ts.
 * Invariants: what was counted before HAProxy was loaded again, or before the monitor was away, is not compared with what is counted since; while
 * nobody asks for anything, what is kept stays the same (but for once), so that it is not stored again.
 */
import type { KeptBackend } from "../domain/monitoring/balancer-table.ts";
import { formatDuration } from "../domain/text/duration-text.ts";
import { followQueue } from "./haproxy-queue.ts";
import { listParts, quoteName, type Part } from "./haproxy-state.ts";
import type { ProbeFailure } from "./observe.ts";

/** Fewer say little of a share: one answer of two may be a client's fault. */
const ENOUGH_ANSWERS = 20;

/** In which so many must have come; and so long what came of them counts when nothing comes after. */
const COUNTED_FOR_MS = 300_000;

/** Checks that are further apart do not tell what was in between: the monitor was away, say overnight. */
const MOST_APART_MS = 900_000;

type Figures = Pick<KeptBackend, "totalSessions" | "mostSessions" | "queued" | "responses" | "errors">;
export type Trend = Pick<KeptBackend, "errorPercent" | "counting" | "counted" | "waiting">;

export interface Seen {
  readonly nowMs: number;
  /** When the check before was, epoch ms; null: nobody knows. */
  readonly beforeMs: number | null;
  /** Since when the backend has been up or down, in whole seconds; null: it does not tell. */
  readonly changedAgoS: number | null;
}

/** `before`: the same backend at the check before. */
export function follow(now: Figures, before: (Figures & Trend) | undefined, seen: Seen): Trend {
  const goesOn = before !== undefined && !wasAway(seen) && !hasFallen(now, before);
  const known = goesOn && !mayBeLoadedAgain(seen) ? before : undefined;
  const sample = { ...seen, queued: now.queued, served: servedBy(now) };
  return {
    errorPercent: errorPercentSince(now, known),
    ...countAnswers(now, known, seen.nowMs),
    waiting: followQueue(sample, goesOn ? before.waiting : null),
  };
}

/** Also when nobody knows, or the clock was set back. */
function wasAway({ nowMs, beforeMs }: Seen): boolean {
  return beforeMs === null || nowMs < beforeMs || nowMs - beforeMs > MOST_APART_MS;
}

/** A counter that has fallen has begun anew. */
function hasFallen(now: Figures, before: Figures): boolean {
  const figures = ["totalSessions", "mostSessions", "responses", "errors"] as const;
  return figures.some((figure) => (now[figure] ?? Infinity) < (before[figure] ?? -Infinity));
}

/** Its counters may have overtaken the old ones since. When it comes up after a failure it is the same, which does no harm. */
function mayBeLoadedAgain({ nowMs, beforeMs, changedAgoS }: Seen): boolean {
  return changedAgoS !== null && (beforeMs === null || changedAgoS * 1_000 < nowMs - beforeMs);
}

function errorPercentSince(now: Figures, before: Figures | undefined): number | null {
  const since = before && answersSince(now, before);
  return since && since.answers > 0 ? percentOf(since) : null;
}

interface Answers {
  readonly answers: number;
  readonly errors: number;
}

type Counters = Pick<KeptBackend, "responses" | "errors">;

/** Null for what is not HTTP. */
function answersSince(now: Counters, before: Counters): Answers | null {
  if (now.responses === null || now.errors === null || before.responses === null || before.errors === null) return null;
  const [answers, errors] = [now.responses - before.responses, now.errors - before.errors];
  return errors <= answers ? { answers, errors } : null;
}

const percentOf = ({ answers, errors }: Answers): number => Math.round((errors / answers) * 1_000) / 10;

function countAnswers(
  { responses, errors }: Figures,
  before: Trend | undefined,
  nowMs: number,
): Pick<Trend, "counting" | "counted"> {
  if (responses === null || errors === null) return { counting: null, counted: null };
  const fromNow = { atMs: nowMs, responses, errors };
  const since = before?.counting && answersSince(fromNow, before.counting);
  if (!before?.counting || !since) return { counting: fromNow, counted: null };
  if (since.answers >= ENOUGH_ANSWERS) return { counting: fromNow, counted: { atMs: nowMs, ...since } };
  const isStale = since.answers > 0 && Math.abs(nowMs - before.counting.atMs) >= COUNTED_FOR_MS;
  return { counting: isStale ? fromNow : before.counting, counted: before.counted };
}

/** Of what is not HTTP the connections. */
const servedBy = ({ responses, totalSessions }: Figures): number => responses ?? totalSessions;

/** Backends of whose answers at least so many percent are 5xx; null: there are none. */
export function judgeErrors(backends: readonly KeptBackend[], maxPercent: number, nowMs: number): ProbeFailure | null {
  const failing = backends.flatMap(({ name, counted }) => {
    if (!counted || Math.abs(nowMs - counted.atMs) >= COUNTED_FOR_MS) return [];
    const percent = percentOf(counted);
    return percent < maxPercent ? [] : [[`${percent} % of ${counted.answers} answers in `, quoteName(name)] as Part[]];
  });
  return failing.length === 0 ? null : { reason: "error_rate", message: ["5xx: ", ...listParts(failing)] };
}

/** Backends where requests have waited for long; null: there are none. */
export function judgeQueues(backends: readonly KeptBackend[], nowMs: number): ProbeFailure | null {
  const queueing = backends.flatMap(({ name, queued, waiting }) => {
    if (!waiting || waiting.longSinceMs === null) return [];
    const since = formatDuration(nowMs - waiting.longSinceMs);
    return [[quoteName(name), ` for ${since} (${queued} now)`] as Part[]];
  });
  return queueing.length === 0 ? null : { reason: "busy", message: ["Requests wait in ", ...listParts(queueing)] };
}
