/**
 * Wall time that never runs backwards: while the wall clock is behind (it was set back, or the machine booted with a wrong
 * one) time goes on at half speed until the wall clock has caught up.
 * The monitor makes one where the process stays alive; everything that is stored or shown is dated by it.
 * Invariant: two readings are never in the wrong order, also across restarts when `floorMs` is the newest stored time.
 */
import type { Clock } from "../ports/clock.ts";

/** Slow enough to be caught up with, quick enough that intervals and staleness keep their meaning meanwhile. */
const SPEED_WHILE_AHEAD = 0.5;

/** `clock` with another wall time: whole numbers of epoch ms, `floorMs` at least. */
export function steadyClock(clock: Clock, floorMs: number): Clock {
  let timeMs = Math.max(clock.nowMs(), floorMs);
  let readAtMs = clock.monotonicMs();
  return {
    nowMs() {
      const monotonicMs = clock.monotonicMs();
      const slowMs = timeMs + (monotonicMs - readAtMs) * SPEED_WHILE_AHEAD;
      readAtMs = monotonicMs;
      timeMs = Math.max(slowMs, clock.nowMs());
      return Math.floor(timeMs);
    },
    monotonicMs: () => clock.monotonicMs(),
    sleep: (ms) => clock.sleep(ms),
    after: (ms, run) => clock.after(ms, run),
  };
}
