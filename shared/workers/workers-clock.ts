/**
 * The clock of the Workers runtime. Implements the port Clock.
 * The platform's clocks stand still while code runs and move on with every answer from outside, so what they measure is waiting.
 */
import type { Clock } from "../ports/clock.ts";

export const workersClock: Clock = {
  nowMs: () => Date.now(),
  wallMs: () => Date.now(),
  isSet: () => true,
  monotonicMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
