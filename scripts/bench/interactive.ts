/**
 * When a page is ready for whoever has it open, from what the browser noted while it was loading. Pure. Used by rows/page-interactive.ts.
 * Invariant: it is the definition of Lighthouse ("Time to Interactive", https://github.com/WICG/time-to-interactive), so that figures of
 * other pages mean the same.
 */

/** In ms from the start of the navigation. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

export interface LoadTrace {
  /** First contentful paint. */
  readonly firstPaintMs: number;
  /** When all scripts of the page had run, what they listen for included. */
  readonly scriptsMs: number;
  /** Work of the main thread that took more than 50 ms. */
  readonly longTasks: readonly Span[];
  /** Of all that was loaded. A stream of events that stays open is none: it waits for what happens, not for the page. */
  readonly requests: readonly Span[];
  /** So far it was looked at. */
  readonly untilMs: number;
}

const QUIET_MS = 5_000;
const MOST_REQUESTS = 2;

/** Null: it has not been quiet for long enough yet. */
export function interactiveMs({ firstPaintMs, scriptsMs, longTasks, requests, untilMs }: LoadTrace): number | null {
  const busy = [...longTasks, ...crowdedSpans(requests)];
  const quietMs = [firstPaintMs, ...busy.map(({ endMs }) => endMs)]
    .filter((atMs) => atMs >= firstPaintMs && atMs + QUIET_MS <= untilMs)
    .toSorted((left, right) => left - right)
    .find((atMs) => busy.every(({ startMs, endMs }) => endMs <= atMs || startMs >= atMs + QUIET_MS));
  if (quietMs === undefined) return null;
  const lastTaskMs = longTasks.map(({ endMs }) => endMs).filter((endMs) => endMs <= quietMs);
  return Math.max(firstPaintMs, scriptsMs, ...lastTaskMs);
}

/** When more were under way at once than a page that is ready has. */
function crowdedSpans(requests: readonly Span[]): Span[] {
  const instants = [...new Set(requests.flatMap(({ startMs, endMs }) => [startMs, endMs]))].toSorted((a, b) => a - b);
  return instants.slice(1).flatMap((endMs, index) => {
    const startMs = instants[index] ?? endMs;
    const open = requests.filter((each) => each.startMs <= startMs && each.endMs >= endMs).length;
    return open > MOST_REQUESTS ? [{ startMs, endMs }] : [];
  });
}
