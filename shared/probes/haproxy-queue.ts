/**
 * Whether requests wait for long in the queue of a backend of HAProxy: judged by the last minute, or the last three checks where these take longer.
 * Pure. Used by haproxy-trend.ts at every check.
 * Invariant: what is kept is bounded, however often and however long is looked: four marks at most.
 */
import type { KeptBackend } from "../domain/monitoring/balancer-table.ts";

/** A queue that is there at every check for so long is no burst. */
const WINDOW_MS = 60_000;

/** Marks are so far apart at least: a check that comes sooner adds to the last one. */
const MARK_EVERY_MS = 20_000;

/** What a request waits, as far as the queue and what is served meanwhile tell: below it a queue is there, but moves. */
const LONG_WAIT_MS = 10_000;

type Waiting = NonNullable<KeptBackend["waiting"]>;
type Mark = Waiting["marks"][number];

export interface QueueSample {
  readonly nowMs: number;
  /** When the check before was, epoch ms. */
  readonly beforeMs: number | null;
  readonly queued: number;
  /** So far. */
  readonly served: number;
}

/** `before`: as it was at the check before; null: none waited, or that does not count. */
export function followQueue(now: QueueSample, before: Waiting | null): KeptBackend["waiting"] {
  if (now.queued === 0) return null;
  const marks = withMark(before?.marks ?? [], now);
  const start = marks.findLastIndex((mark) => startsWindow(mark, now));
  const first = marks[start];
  if (!first) return { longSinceMs: null, marks };
  const inWindow = marks.slice(start);
  const isLong = waitMs(first, inWindow, now) >= LONG_WAIT_MS;
  return { longSinceMs: isLong ? (before?.longSinceMs ?? first[0]) : null, marks: inWindow };
}

function withMark(marks: readonly Mark[], { nowMs, served, queued }: QueueSample): readonly Mark[] {
  const last = marks.at(-1);
  if (!last || nowMs - last[0] >= MARK_EVERY_MS) return [...marks, [nowMs, served, queued]];
  return [...marks.slice(0, -1), [last[0], last[1], Math.min(last[2], queued)]];
}

/** Two checks alone, however far apart, may each have met a burst: there must be one in between. */
function startsWindow([atMs]: Mark, { nowMs, beforeMs }: QueueSample): boolean {
  return nowMs - atMs >= WINDOW_MS && beforeMs !== null && atMs < beforeMs;
}

/** Of the last of as many as waited at every check: as many as have been served meanwhile go before it. */
function waitMs([atMs, servedThen]: Mark, inWindow: readonly Mark[], { nowMs, served, queued }: QueueSample): number {
  const least = Math.min(queued, ...inWindow.map(([, , fewest]) => fewest));
  return (least * (nowMs - atMs)) / Math.max(1, served - servedThen);
}
