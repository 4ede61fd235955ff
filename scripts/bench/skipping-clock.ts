/**
 * The clock of a Node process that can leave out the time in which nothing happens: hours of sweeps pass in seconds.
 * The pipeline under measurement runs on it. Its timers are real ones as well, so they cost what they cost in the service,
 * and a probe that hangs still meets its deadline.
 * Invariant: timers run in the order in which they are due, and time never goes back.
 */
import { systemClock } from "../../shared/node/system-clock.ts";
import type { Clock } from "../../shared/ports/clock.ts";

/** Longer than any probe may take, so that only waiting is rounded. */
const COARSE_MS = 60_000;

export class SkippingClock implements Clock {
  /** What is to run, and when. */
  readonly #timers = new Map<() => void, number>();
  #skippedMs = 0;

  nowMs(): number {
    return Math.round(performance.timeOrigin + this.monotonicMs());
  }

  wallMs(): number {
    return this.nowMs();
  }

  isSet(): boolean {
    return true;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#skippedMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  after(ms: number, run: () => void): () => void {
    const forget = (): void => {
      cancel();
      this.#timers.delete(once);
    };
    const once = (): void => {
      forget();
      run();
    };
    this.#timers.set(once, this.monotonicMs() + ms);
    const cancel = systemClock.after(asRealTimer(ms), once);
    return forget;
  }

  /** Goes to the next timer and runs it. Throws when there is none, as the process would wait for ever. */
  skip(): void {
    let next: [run: () => void, dueMs: number] | undefined;
    for (const timer of this.#timers) if (!next || timer[1] < next[1]) next = timer;
    if (!next) throw new Error("nothing is due");
    const [run, dueMs] = next;
    this.#skippedMs += Math.max(0, dueMs - this.monotonicMs());
    run();
  }
}

/**
 * Node keeps a list of some 200 bytes for each length of a timer until so much time has passed, which it hardly does here:
 * a service whose hours take seconds would look as if it leaked.
 */
function asRealTimer(ms: number): number {
  return ms < COARSE_MS ? ms : Math.ceil(ms / COARSE_MS) * COARSE_MS;
}
