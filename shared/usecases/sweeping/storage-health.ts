/**
 * Whether commits work, and what the log says of it: one line when they stop, one when they work again.
 * Used by the sweep committer. Invariant: a single failure is no news: it is a lock that somebody held for a moment, nothing is
 * lost, and a second later it works.
 */
import type { Log } from "../../ports/log.ts";

const FAILURES_TO_REPORT = 2;

/** True when it is about what was to be stored: trying the same again cannot help. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && /constraint|too big/i.test(error.message);
}

export class StorageHealth {
  readonly #log: Log;
  #failures = 0;
  /** The last fault that was logged. */
  #reported: string | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  /** False from the second failed commit in a row to the next one that works. */
  get works(): boolean {
    return this.#failures < FAILURES_TO_REPORT;
  }

  succeed(): void {
    if (!this.works) this.#log.write("info", "storage works again");
    this.#failures = 0;
    this.#reported = null;
  }

  fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#failures += 1;
    if (this.works || this.#reported === text) return;
    this.#reported = text;
    this.#log.write("error", "storage failed, checks are held", { error: text });
  }
}
