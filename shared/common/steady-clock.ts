/**
 * Wall time that does not run backwards: while the wall clock is behind (it was set back, or the machine booted with a wrong
 * one) time goes on at half speed until the wall clock has caught up. A lead of more than a day is given up at once (clock-lead.ts), on
 * a machine that has just booted as soon as the network has had time to set its clock.
 * The monitor makes one where the process stays alive; everything that is stored or shown is dated by it.
 * Invariant: two readings are never in the wrong order, also across restarts when `floorMs` is the newest stored time, unless the
 * clock was ahead by more than a day.
 */
import { isFollowed, isSet } from "../domain/monitoring/clock-lead.ts";
import type { Clock } from "../ports/clock.ts";

/** Slow enough to be caught up with, quick enough that intervals and staleness keep their meaning meanwhile. */
const SPEED_WHILE_AHEAD = 0.5;

export interface SteadyClockOptions {
  /** The newest stored time, epoch ms; 0 when there is none. */
  readonly floorMs: number;
  /** For so long the wall clock may be behind because nobody has set it yet. */
  readonly settlesInMs: number;
}

/** `clock` with another time: whole numbers of epoch ms, `floorMs` at least when that is no more than a day ahead. */
export function steadyClock(clock: Clock, { floorMs, settlesInMs }: SteadyClockOptions): Clock {
  const settledAtMs = clock.monotonicMs() + settlesInMs;
  const goOnFrom = (atMs: number): number => {
    const wallMs = clock.nowMs();
    const isBelieved = clock.monotonicMs() >= settledAtMs;
    return isBelieved && !isFollowed(atMs, wallMs) ? wallMs : Math.max(atMs, wallMs);
  };
  let timeMs = goOnFrom(floorMs);
  let readAtMs = clock.monotonicMs();
  const nowMs = (): number => {
    const monotonicMs = clock.monotonicMs();
    const slowMs = timeMs + (monotonicMs - readAtMs) * SPEED_WHILE_AHEAD;
    readAtMs = monotonicMs;
    timeMs = goOnFrom(slowMs);
    return Math.floor(timeMs);
  };
  return {
    nowMs,
    wallMs() {
      const wallMs = clock.wallMs();
      return isSet(wallMs) ? wallMs : nowMs();
    },
    isSet: () => clock.isSet(),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (ms) => clock.sleep(ms),
    after: (ms, run) => clock.after(ms, run),
  };
}
