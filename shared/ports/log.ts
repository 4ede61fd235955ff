/**
 * Structured logging as a dependency. Implemented by runtimes, which also redact known secrets.
 * Invariant: fields are plain values; never pass an Error of a client library as is (ioredis puts the password into it).
 */
export type LogLevel = "debug" | "info" | "warn" | "error";

export interface Log {
  /** Writes one line. `message` is a constant sentence, everything variable goes into `fields`. Never throws. */
  write(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}
