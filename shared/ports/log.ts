/**
 * Structured logging as a dependency. Implemented by runtimes, which also redact known secrets.
 * Invariant: fields are plain values; never pass an Error of a client library as is (ioredis puts the password into it).
 */
import type { Redact } from "../domain/text/redact.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface Log {
  /** Writes one line. `message` is a constant sentence, everything variable goes into `fields`. Never throws. */
  write(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A log whose lines hold no secret of the configuration in force. */
export interface RedactingLog extends Log {
  /** Every line from now on passes through this. */
  redactWith(redact: Redact): void;
}
