/**
 * What backends of HAProxy do from check to check: the share of 5xx among enough answers, and whether requests wait for long. Pure.
 * Kept in the table (haproxy-table.ts), judged for haproxy.ts.
 * Invariants: what was counted before HAProxy was loaded again is not compared with what is counted since; while nobody asks for anything, what
 * is kept stays the same (but for once), so that it is not stored again.
 */
import type { KeptBackend } from "../domain/monitoring/balancer-table.ts";
import { formatDuration } from "../domain/text/duration-text.ts";
import { listParts, quoteName, type Part } from "./haproxy-state.ts";
import type { ProbeFailure } from "./observe.ts";

/** Fewer say little of a share: one answer of two may be a client's fault. */
const ENOUGH_ANSWERS = 20;

/** In which so many must have come; and so long what came of them counts when nothing comes after. */
const COUNTED_FOR_MS = 300_000;

/** A queue that is there at every check for so long is no burst. */
const LONG_QUEUE_MS = 60_000;

/** What a request waits, as far as the queue and what is served meanwhile tell: below it a queue is there, but moves. */
const LONG_WAIT_MS = 10_000;

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
  const goesOn = before !== undefined && !hasFallen(now, before);
  const known = goesOn && !mayBeLoadedAgain(seen) ? before : undefined;
  return {
    errorPercent: errorPercentSince(now, known),
    ...countAnswers(now, known, seen.nowMs),
    waiting: now.queued === 0 ? null : (goesOn && before.waiting) || { sinceMs: seen.nowMs, served: servedBy(now) },
  };
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
  const queueing = backends.flatMap((backend) => {
    const { name, queued, waiting } = backend;
    if (!waiting) return [];
    const forMs = nowMs - waiting.sinceMs;
    // As many as have been served meanwhile go before the last one that waits.
    const waitMs = (queued * forMs) / Math.max(1, servedBy(backend) - waiting.served);
    const isLong = forMs >= LONG_QUEUE_MS && waitMs >= LONG_WAIT_MS;
    return isLong ? [[quoteName(name), ` for ${formatDuration(forMs)} (${queued} now)`] as Part[]] : [];
  });
  return queueing.length === 0 ? null : { reason: "busy", message: ["Requests wait in ", ...listParts(queueing)] };
}
