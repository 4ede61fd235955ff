/**
 * How far the wall clock has been set while this process was running: wall time and monotonic time move apart then.
 * Used by the sweep committer, so that what people wait for (escalation, reminders) takes as long as it should.
 * Invariant: slow adjustment (NTP) adds up and is noticed as well.
 */
import type { Clock } from "../../ports/clock.ts";

/** Less is rounding, and nobody's escalation. */
const NOTICEABLE_MS = 1_000;

export class ClockSteps {
  readonly #clock: Pick<Clock, "nowMs" | "monotonicMs">;
  #offsetMs: number;

  constructor(clock: Pick<Clock, "nowMs" | "monotonicMs">) {
    this.#clock = clock;
    this.#offsetMs = this.#currentOffsetMs();
  }

  /** Since the last `settle`; negative when it was set back, 0 for less than a second. */
  pendingMs(): number {
    const stepMs = Math.round(this.#currentOffsetMs() - this.#offsetMs);
    return Math.abs(stepMs) < NOTICEABLE_MS ? 0 : stepMs;
  }

  /** What was pending has been taken into account. */
  settle(): void {
    if (this.pendingMs() !== 0) this.#offsetMs = this.#currentOffsetMs();
  }

  #currentOffsetMs(): number {
    return this.#clock.nowMs() - this.#clock.monotonicMs();
  }
}
