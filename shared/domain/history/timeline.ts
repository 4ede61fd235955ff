/**
 * What a service was over a range, as a chart of some hundred columns can show it. Pure.
 * Asked by functions/endpoints/timeline.ts. Instants are epoch ms.
 * Invariants: runs cover the range without gap or overlap, neighbours differ; a column shows the worst of it, so that no outage is too
 * short to be seen; where nobody watched yet there is nothing, and that is never healthy.
 */
import { clipSpans, sumMs } from "./episodes.ts";
import type { TimeSpan } from "./status-spans.ts";
import { UPTIME_KINDS, type KindSpan, type UptimeKind } from "./uptime-kind.ts";

export interface TimelineRun {
  readonly sinceMs: number;
  /** Null: nobody watched yet, or any more. */
  readonly kind: UptimeKind | null;
}

/** Where a column begins. */
export interface TimelineGrid extends TimeSpan {
  readonly stepMs: number;
}

/** As few columns as needed for `points` at most, of whole seconds each. */
export function layOutTimeline(range: TimeSpan, points: number): TimelineGrid {
  const stepMs = Math.max(1_000, Math.ceil((range.untilMs - range.sinceMs) / points / 1_000) * 1_000);
  return { ...range, stepMs };
}

/** What counts most in a column: maintenance hides no failure, and what nobody knows is not well. */
const BY_WEIGHT: readonly UptimeKind[] = ["down", "degraded", "unknown", "maintenance", "healthy"];

/** @param spans of the service, oldest first, within the range */
export function timelineRuns(spans: readonly KindSpan[], { sinceMs, untilMs, stepMs }: TimelineGrid): TimelineRun[] {
  const runs: TimelineRun[] = [];
  let first = 0;
  for (let atMs = sinceMs; atMs < untilMs; atMs += stepMs) {
    while ((spans[first]?.untilMs ?? Infinity) <= atMs) first += 1;
    const kind = worstWithin(spans, first, atMs + stepMs);
    if (runs.length === 0 || runs.at(-1)?.kind !== kind) runs.push({ sinceMs: atMs, kind });
  }
  return runs;
}

function worstWithin(spans: readonly KindSpan[], first: number, endMs: number): UptimeKind | null {
  let worst: UptimeKind | null = null;
  for (let index = first; (spans[index]?.sinceMs ?? Infinity) < endMs; index += 1) {
    const kind = spans[index]?.kind ?? null;
    if (kind !== null && (worst === null || BY_WEIGHT.indexOf(kind) < BY_WEIGHT.indexOf(worst))) worst = kind;
  }
  return worst;
}

/** Whole seconds that it was of each kind within the range. */
export function timelineSeconds(spans: readonly KindSpan[], range: TimeSpan): Record<UptimeKind, number> {
  const secondsOf = (kind: UptimeKind): number => {
    const own = spans.filter((span) => span.kind === kind);
    return Math.round(sumMs(clipSpans(own, range)) / 1_000);
  };
  const seconds = { healthy: 0, degraded: 0, maintenance: 0, unknown: 0, down: 0 };
  for (const kind of UPTIME_KINDS) seconds[kind] = secondsOf(kind);
  return seconds;
}
