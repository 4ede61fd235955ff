/**
 * A duration as a key of the configuration: its bounds, its words for editors and for faults.
 * Used by the schemas of this folder; what comes out is in milliseconds.
 * Invariant: what the editor's schema accepts and what is parsed differ in the bounds of texts only.
 */
import * as z from "zod/mini";
import { DURATION_PATTERN, formatDuration, parseDurationMs } from "./duration.ts";

export interface DurationBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

const NOT_A_DURATION = { error: 'a duration such as 30 or "30s"' };

/** Seconds as a number or a text with a unit, within the bounds (inclusive). */
export function durationSchema({ minMs, maxMs }: DurationBounds) {
  const outOfBounds = `a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  const seconds = z.number(NOT_A_DURATION).check(z.meta({ minimum: minMs / 1_000, maximum: maxMs / 1_000 }));
  const text = z.string().check(z.regex(DURATION_PATTERN, NOT_A_DURATION));
  return z.pipe(
    z.union([seconds, text], NOT_A_DURATION),
    z.transform((written: number | string, { issues }) => {
      const ms = parseDurationMs(written);
      if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
      issues.push({ code: "custom", message: outOfBounds, input: written });
      return z.NEVER;
    }),
  );
}
