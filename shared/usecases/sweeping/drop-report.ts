/**
 * Tells the log that checks were dropped because another process committed first, now and then instead of each time.
 * Used by the sweep committer.
 */
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";

/** Two processes on one database would otherwise tell it at every sweep. */
const REPORT_EVERY_MS = 600_000;

export class DropReport {
  readonly #clock: Clock;
  readonly #log: Log;
  /** Since that was last told. */
  #dropped = 0;
  #reportedAtMs = -Infinity;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  add(checks: number): void {
    if (checks === 0) return;
    this.#dropped += checks;
    if (this.#clock.monotonicMs() < this.#reportedAtMs + REPORT_EVERY_MS) return;
    this.#log.write("warn", "another process committed first, checks are dropped", { checks: this.#dropped });
    this.#reportedAtMs = this.#clock.monotonicMs();
    this.#dropped = 0;
  }
}
