/**
 * The clock of a Node process. Implements the port Clock. Invariants: timers never keep the process alive by themselves, and none
 * is early: a probe that ended before the grid point it was begun for would be made twice.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../ports/clock.ts";

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  wallMs: () => Date.now(),
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
