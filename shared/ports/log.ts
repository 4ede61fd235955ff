/**
 * Structured logging as a dependency. Implemented by runtimes, which also redact known secrets: in the values of fields, because
 * they come from elsewhere; never in our own words.
 * Invariant: fields are plain values; never pass an Error of a client library as is (ioredis puts the password into it).
 */
import type { Redact } from "../domain/text/redact.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Names of fields whose values are our own words, or what the configuration calls its things: never redacted. */
export const OWN_FIELDS: ReadonlySet<string> = new Set([
  "actor",
  "channel",
  "channels",
  "decision",
  "from",
  "id",
  "job",
  "key",
  "name",
  "reason",
  "reasons",
  "service",
  "severity",
  "signal",
  "table",
  "type",
]);

/** A text in a field that needs no redaction: it is our own, or it has been redacted. */
export class SafeText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toJSON(): string {
    return this.#text;
  }
}

export interface Log {
  /** Writes one line. `message` is a constant sentence, everything variable goes into `fields`. Never throws. */
  write(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A log whose lines hold no secret of the configuration in force. */
export interface RedactingLog extends Log {
  /** Every line from now on passes through this. */
  redactWith(redact: Redact): void;
}
