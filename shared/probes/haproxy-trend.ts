/**
 * What backends of HAProxy do from check to check: the share of 5xx among enough answers, and whether requests wait for long. Pure.
 * Kept in the table (haproxy-table.ts), judged for haproxy.ts.
 * Invariants: what was counted before HAProxy was loaded again is not compared with what is counted since; while nobody asks for anything, what
 * is kept stays the same (but for once), so that it is not stored again.
 */
import type { KeptBackend, Waiting } from "../domain/monitoring/balancer-table.ts";
import { formatDuration } from "../domain/text/duration-text.ts";
import { listParts, quoteName, type Part } from "./haproxy-state.ts";
import type { ProbeFailure } from "./observe.ts";

/** Fewer say little of a share: one answer of two may be a client's fault. */
const ENOUGH_ANSWERS = 20;

/** In which so many must have come; and so long what came of them counts when nothing comes after. */
const COUNTED_FOR_MS = 300_000;

/** A queue that is there at every check for so long, and at so many, is no burst. */
const LONG_QUEUE_MS = 60_000;
const LONG_QUEUE_CHECKS = 3;

/** What is between two checks so far apart, nobody has seen. */
const LONGEST_GAP_MS = 600_000;

/** What is remembered of the checks in a minute lies so far apart at least. */
const MARK_EVERY_MS = 15_000;

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
  const { nowMs, beforeMs } = seen;
  const isGap = beforeMs !== null && Math.abs(nowMs - beforeMs) > LONGEST_GAP_MS;
  const goesOn = before !== undefined && !hasFallen(now, before);
  const known = goesOn && !mayBeLoadedAgain(seen) ? before : undefined;
  const near = isGap ? undefined : known;
  return {
    errorPercent: errorPercentSince(now, near),
    // Where nobody has asked for anything it does not matter how long ago that was.
    ...countAnswers(now, known && answersSince(now, known)?.answers === 0 ? known : near, nowMs),
    waiting: now.queued === 0 ? null : markQueue(now, goesOn && !isGap ? before.waiting : null, nowMs),
  };
}

/** Of the marks that are older than a minute only the newest is left: what has come of the queue since then counts. */
function markQueue(now: Figures, before: Waiting | null, nowMs: number): Waiting {
  const marks = before?.marks.filter(({ atMs }) => atMs <= nowMs) ?? [];
  const from = marks.findLastIndex(({ atMs }) => nowMs - atMs >= LONG_QUEUE_MS);
  const recent = marks.slice(Math.max(0, from));
  const last = recent.at(-1);
  const next =
    last && nowMs - last.atMs < MARK_EVERY_MS
      ? [...recent.slice(0, -1), { ...last, queued: Math.min(last.queued, now.queued) }]
      : [...recent, { atMs: nowMs, queued: now.queued, served: servedBy(now) }];
  return { checks: (before?.checks ?? 0) + 1, marks: next };
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
    const [first] = waiting?.marks ?? [];
    if (!waiting || !first || waiting.checks < LONG_QUEUE_CHECKS) return [];
    const forMs = nowMs - first.atMs;
    const served = servedBy(backend) - first.served;
    // As many as have been served meanwhile go before the last one that waits; that of the shortest queue, as a burst passes.
    const shortest = Math.min(queued, ...waiting.marks.map((mark) => mark.queued));
    const isLong = forMs >= LONG_QUEUE_MS && (shortest * forMs) / Math.max(1, served) >= LONG_WAIT_MS;
    return isLong
      ? [[quoteName(name), ` (${queued} now, ${served} served in ${formatDuration(forMs)})`] as Part[]]
      : [];
  });
  return queueing.length === 0 ? null : { reason: "busy", message: ["Requests wait in ", ...listParts(queueing)] };
}
