/**
 * Wall time that never runs backwards: while the wall clock is behind (it was set back, or the machine booted with a wrong
 * one) time goes on at half speed until the wall clock has caught up.
 * The host makes one from its two clocks; everything that is stored or shown is dated by it. Knows no timers.
 * Invariant: two readings are never in the wrong order, also across restarts when `floorMs` is the newest stored time.
 */

export interface TimeSources {
  /** Epoch ms as the machine believes; may step. */
  wallMs(): number;
  /** Never goes back. */
  monotonicMs(): number;
}

/** Slow enough to be caught up with, quick enough that intervals and staleness keep their meaning meanwhile. */
const SPEED_WHILE_AHEAD = 0.5;

/** A reader of epoch ms, whole numbers, starting at `floorMs` at least. */
export function steadyClock({ wallMs, monotonicMs }: TimeSources, floorMs: number): () => number {
  let timeMs = Math.max(wallMs(), floorMs);
  let readAtMs = monotonicMs();
  return () => {
    const nowMs = monotonicMs();
    const slowMs = timeMs + (nowMs - readAtMs) * SPEED_WHILE_AHEAD;
    readAtMs = nowMs;
    timeMs = Math.max(slowMs, wallMs());
    return Math.floor(timeMs);
  };
}
