/**
 * What is wrong with one place of a configuration file, in words for people.
 * Made by `read-yaml` and by the fault log, shown by `format-faults`. Knows no schema.
 * Invariant: a fault is one line of text, however long or strange the value is.
 */
import type { Path, Scalar } from "./located.ts";

export interface Fault {
  /** `services.redis.timeout`; empty when the whole file is meant. */
  readonly path: string;
  /** 1-based; absent when the fault has no place in the text. */
  readonly line?: number;
  /** Fit for people: `"fast"`, `12`, `a map`, `nothing`, `an unknown key`. */
  readonly found: string;
  /** Completes "expected …". */
  readonly expected: string;
}

const MAX_SHOWN_CHARACTERS = 80;

const PLAIN_KEY = /^[\w-]{1,80}$/;

/** Joins a path: `services.redis.depends_on[0]`, `services["a b"]`. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join("").replace(/^\./, "");
}

/** Orders faults as they stand in the file; those of one line keep their order. */
export function byLine(left: Fault, right: Fault): number {
  return (left.line ?? 0) - (right.line ?? 0);
}

/** A value as people would write it, with quotes around text, cut to what fits into a line. */
export function quote(value: Scalar): string {
  if (typeof value !== "string") return String(value);
  const shown = value.length > MAX_SHOWN_CHARACTERS ? `${value.slice(0, MAX_SHOWN_CHARACTERS - 1)}…` : value;
  return JSON.stringify(shown);
}

function formatStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return PLAIN_KEY.test(step) ? `.${step}` : `[${quote(step)}]`;
}
