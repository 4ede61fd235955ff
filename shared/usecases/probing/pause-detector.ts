/**
 * Notices that the whole process did not run: SIGSTOP, suspend, a blocked event loop, a starved machine.
 * Called by the probe loop, which discards the checks that span such a gap. Knows nothing of checks.
 * Invariant: a gap is seen even when it ends in the very tick that asks, before the next heartbeat.
 */
import type { Clock } from "../../ports/clock.ts";

const HEARTBEAT_MS = 250;

/** Shorter stalls distort a response time by less than a second and would discard too much on a busy machine. */
const SHORTEST_PAUSE_MS = 1_000;

export type PauseDetector = ReturnType<typeof createPauseDetector>;

/** `onPause` is called with the length of each pause once it has been noticed. */
export function createPauseDetector(clock: Clock, onPause: (durationMs: number) => void) {
  let beatMs = clock.monotonicMs();
  let beatWallMs = clock.nowMs();
  let lastPauseEndMs = -Infinity;
  let pauses = 0;
  let cancel = () => {};

  const look = (): void => {
    const nowMs = clock.monotonicMs();
    const wallMs = clock.nowMs();
    const stalledMs = nowMs - beatMs - HEARTBEAT_MS;
    // Suspend stops the monotonic clock and not the wall clock; a wall clock set forward looks the same and costs one check.
    const suspendedMs = wallMs - beatWallMs - (nowMs - beatMs);
    const durationMs = Math.max(stalledMs, suspendedMs);
    beatMs = nowMs;
    beatWallMs = wallMs;
    if (durationMs < SHORTEST_PAUSE_MS) return;
    lastPauseEndMs = nowMs;
    pauses += 1;
    onPause(durationMs);
  };
  const beat = (): void => {
    look();
    cancel = clock.after(HEARTBEAT_MS, beat);
  };
  beat();

  return {
    /** True when the process was paused at any time since the monotonic instant `startMs`. */
    pausedSince(startMs: number): boolean {
      look();
      return lastPauseEndMs > startMs;
    },
    /** Number of pauses seen so far. */
    count: () => pauses,
    stop: () => cancel(),
  };
}
