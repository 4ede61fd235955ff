/**
 * The clock of a Node process. Implements the port Clock. Invariants: timers never keep the process alive by themselves, and none
 * is early: a probe that ended before the grid point it was begun for would be made twice.
 */
import { uptime } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { isSet } from "../domain/monitoring/clock-lead.ts";
import type { Clock } from "../ports/clock.ts";

/** A machine without a battery goes on from when it was switched off, and has the time of the network within a minute or two. */
const SETTLED_AFTER_BOOT_MS = 5 * 60_000;

/** How long the clock may still be behind, because the machine has just booted; 0 when it is set. */
export function clockSettlesInMs(): number {
  return Math.max(0, SETTLED_AFTER_BOOT_MS - uptime() * 1_000);
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  wallMs: () => Date.now(),
  isSet: () => isSet(Date.now()),
  monotonicMs: () => performance.now(),
  sleep: (ms) => sleep(ms),
  after(ms, run) {
    const dueMs = performance.now() + ms;
    const fire = (): void => {
      // Node cuts both the delay and the instant it counts from to whole ms: its timers come up to 2 ms early.
      const leftMs = dueMs - performance.now();
      if (leftMs > 0) arm(leftMs);
      else run();
    };
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      timer = setTimeout(fire, Math.ceil(leftMs)).unref();
    };
    arm(ms);
    return () => clearTimeout(timer);
  },
};
