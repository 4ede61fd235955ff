/**
 * Wakes the committer when time alone changes alerts: something is due to be told, a silence ends.
 * Used by the sweep committer. Invariant: however far away the instant is, it is not missed: a timer that wakes too early looks
 * again.
 */
import type { Clock } from "../../ports/clock.ts";

/** Node's timers take 24.8 days at most. */
const LONGEST_TIMER_MS = 86_400_000;

export class AlertTimer {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #cancel = (): void => {};
  #isDue = false;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** True from the instant on until `settle`. */
  get isDue(): boolean {
    return this.#isDue;
  }

  settle(): void {
    this.#isDue = false;
  }

  /** Waits for this instant (epoch ms; Infinity for none) and for no other. */
  await(dueMs: number): void {
    this.#cancel();
    if (dueMs === Infinity) return;
    const waitMs = Math.max(0, Math.min(dueMs - this.#clock.nowMs(), LONGEST_TIMER_MS));
    this.#cancel = this.#clock.after(waitMs, () => {
      this.#isDue = true;
      this.#wake();
    });
  }
}
