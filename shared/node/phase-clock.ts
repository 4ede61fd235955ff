/**
 * How long each phase of one HTTP exchange took: name resolution, TCP, TLS, first byte, body.
 * The connector and the exchange enter phases one after the other. Not on the injected Clock: one exchange reads the time
 * five times, on a path where every microsecond is counted, and only ever as differences.
 * Invariant: phases do not overlap; one that was cut off counts up to the moment it ended.
 */
import { toTenthMs, type Timings } from "../domain/monitoring/check.ts";

export type Phase = "dns" | "tcp" | "tls" | "firstByte" | "body";

/** True for the phases in which the connection is established, handshake included. */
export function isConnectedIn(phase: Phase | null): boolean {
  return phase === "firstByte" || phase === "body";
}

export class PhaseClock {
  readonly #startedMs = performance.now();
  /** The phases so far, 0.1 ms resolution. */
  readonly timings: { -readonly [key in keyof Timings]: Timings[key] } = {};
  /** The phase that runs; null before the first and after the last. */
  phase: Phase | null = null;
  #enteredMs = 0;

  /** Ends the phase that runs, if any, and begins the next. */
  enter(phase: Phase): void {
    this.end();
    this.phase = phase;
    this.#enteredMs = performance.now();
  }

  /** Ends the phase that runs; idempotent. */
  end(): void {
    if (this.phase !== null) this.timings[`${this.phase}Ms`] = toTenthMs(performance.now() - this.#enteredMs);
    this.phase = null;
  }

  /** Milliseconds since this clock was made, 0.1 ms resolution. */
  elapsedMs(): number {
    return toTenthMs(performance.now() - this.#startedMs);
  }
}
