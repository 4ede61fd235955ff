/**
 * Structured logs on standard output: one JSON object a line, or a readable line when a person watches a terminal.
 * Implements the port Log; handed in by the runtime. Invariant: every line passes the redactor, and writing never throws.
 */
import { redactNothing } from "../domain/text/redact.ts";
import type { LogLevel, RedactingLog } from "../ports/log.ts";

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<LogLevel, number>;

export interface ConsoleLogOptions {
  /** Lower levels are not written. Default, also for what is no level: info. */
  readonly level?: string | undefined;
  /** Lines for people instead of JSON. */
  readonly isTerminal: boolean;
  /** Receives finished lines, with their line feed. */
  write(line: string): void;
  nowMs(): number;
}

export function createConsoleLog({ level, isTerminal, write, nowMs }: ConsoleLogOptions): RedactingLog {
  let redact = redactNothing;
  const leastRank = RANK[level as LogLevel] ?? RANK.info;
  const format = isTerminal ? lineForPeople : lineForMachines;
  return {
    write(lineLevel, message, fields = {}) {
      if (RANK[lineLevel] < leastRank) return;
      write(`${redact(format({ time: new Date(nowMs()).toISOString(), level: lineLevel, message, fields }))}\n`);
    },
    redactWith: (next) => (redact = next),
  };
}

interface Line {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function lineForMachines({ time, level, message, fields }: Line): string {
  return json({ time, level, message, ...fields });
}

function lineForPeople({ time, level, message, fields }: Line): string {
  const pairs = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : json(value)}`,
  );
  return [time.slice(11, 19), level.toUpperCase().padEnd(5), message, ...pairs].join(" ").replace(/\n/g, "\n         ");
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A cyclic value is a bug of the caller, but a log line must not bring the service down.
    return '"unprintable"';
  }
}
