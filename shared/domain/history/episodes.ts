/**
 * From when to when something was wrong, and whether its end was seen: the one rule for outages and for how long recoveries took.
 * Pure; outages.ts and recovery-time.ts say what is wrong to them. Instants are epoch ms.
 * Invariant: time that nobody watched (unknown, maintenance) ends nothing and counts for nothing: what is wrong before and after it
 * is one episode, and of one that is good after it nobody knows when it ended.
 */
import type { TimeSpan } from "./status-spans.ts";

export type Verdict = "good" | "bad" | "unwatched";

export interface Episode {
  /** When it was seen to be wrong, oldest first. */
  readonly seen: readonly [TimeSpan, ...TimeSpan[]];
  /** When it was first seen to be good again; null: not within the spans. */
  readonly recoveredAtMs: number | null;
  /** False: there was no recovery, or nobody watched just before it, so it may have been good for longer. */
  readonly isRecoverySeen: boolean;
}

/** Oldest first. `spans` touch each other, oldest first; neighbours may be of the same verdict. */
export function findEpisodes<Span extends TimeSpan>(spans: readonly Span[], judge: (span: Span) => Verdict): Episode[] {
  const episodes: Episode[] = [];
  let seen: [TimeSpan, ...TimeSpan[]] | null = null;
  for (const span of spans) {
    const verdict = judge(span);
    if (verdict === "bad") {
      const { sinceMs, untilMs } = span;
      if (seen) seen.push({ sinceMs, untilMs });
      else seen = [{ sinceMs, untilMs }];
    } else if (verdict === "good" && seen) {
      const isRecoverySeen = seen.at(-1)?.untilMs === span.sinceMs;
      episodes.push({ seen, recoveredAtMs: span.sinceMs, isRecoverySeen });
      seen = null;
    }
  }
  if (seen) episodes.push({ seen, recoveredAtMs: null, isRecoverySeen: false });
  return episodes;
}

/** How long they are together. */
export function sumMs(spans: readonly TimeSpan[]): number {
  return spans.reduce((sum, { sinceMs, untilMs }) => sum + untilMs - sinceMs, 0);
}

/** The parts of spans that lie within a range. */
export function clipSpans(spans: readonly TimeSpan[], range: TimeSpan): TimeSpan[] {
  return spans.flatMap((span) => {
    const sinceMs = Math.max(span.sinceMs, range.sinceMs);
    const untilMs = Math.min(span.untilMs, range.untilMs);
    return sinceMs < untilMs ? { sinceMs, untilMs } : [];
  });
}
