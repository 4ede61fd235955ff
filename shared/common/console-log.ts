/**
 * Structured logs on standard output: one JSON object a line, or a readable line when a person watches a terminal.
 * Implements the port Log; handed in by the runtime. Invariant: what comes from elsewhere passes the redactor, and writing never throws.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { redactJson, redactNothing, type Redact } from "../domain/text/redact.ts";
import { OWN_FIELDS, SafeText, type LogLevel, type RedactingLog } from "../ports/log.ts";
import { lineForTerminal, type Line, type TerminalLook } from "./terminal-line.ts";

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<LogLevel, number>;

export interface ConsoleLogOptions {
  /** Lower levels are not written. Default, also for what is no level: info. */
  readonly level?: string | undefined;
  /** Lines for people instead of JSON; null: nobody looks. */
  readonly terminal: TerminalLook | null;
  /** Receives finished lines, with their line feed. */
  write(line: string): void;
  nowMs(): number;
}

export function createConsoleLog({ level, terminal, write, nowMs }: ConsoleLogOptions): RedactingLog {
  let redact = redactNothing;
  const leastRank = RANK[level as LogLevel] ?? RANK.info;
  const format = (line: Line): string => (terminal ? lineForTerminal(line, terminal) : lineForMachines(line));
  return {
    write(lineLevel, message, fields = {}) {
      if (RANK[lineLevel] < leastRank) return;
      const shown = redactFields(fields, redact);
      write(`${format({ atMs: nowMs(), level: lineLevel, message, fields: shown })}\n`);
    },
    redactWith: (next) => (redact = next),
  };
}

function redactFields(fields: Readonly<Record<string, unknown>>, redact: Redact): { readonly [name: string]: Json } {
  const show = ([name, value]: [string, unknown]): [string, Json] => {
    const isOurs = OWN_FIELDS.has(name) || value instanceof SafeText;
    return [name, isOurs ? toPlain(value) : redactJson(toPlain(value), redact)];
  };
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(show),
  );
}

function toPlain(value: unknown): Json {
  try {
    return JSON.parse(JSON.stringify(value)) as Json;
  } catch {
    // A cyclic value or a function is a bug of the caller, but a log line must not bring the service down.
    return "unprintable";
  }
}

function lineForMachines({ atMs, level, message, fields }: Line): string {
  return JSON.stringify({ time: new Date(atMs).toISOString(), level, message, ...fields });
}
