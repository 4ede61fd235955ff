/**
 * Durations as people write them: a number of seconds or a text with one unit (`500ms`, `30s`, `5m`, `2h`, `7d`).
 * The only place that turns such text into milliseconds; everything behind the configuration carries `…Ms` numbers. For the keys of
 * check types and, from there, of the whole configuration.
 * The schema brings bounds and words, for editors and for faults; editors do not see the bounds of texts.
 * Invariant: `parseDurationMs(formatDuration(ms)) === ms` for every non-negative safe integer.
 */
import * as z from "zod/mini";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["d", DAY_MS],
  ["h", 3_600_000],
  ["m", MINUTE_MS],
  ["s", SECOND_MS],
  ["ms", 1],
]);

/** A decimal number and one unit, without spaces or sign. */
const DURATION_PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Whole milliseconds (rounded); null for anything negative, not finite, too large to count exactly or not a duration. */
export function parseDurationMs(written: number | string): number | null {
  const ms = Math.round(typeof written === "number" ? written * 1_000 : textMs(written));
  return Number.isSafeInteger(ms) && ms >= 0 ? ms : null;
}

/** The shortest exact text, in the largest unit that divides it. Worked example: 90,000 → `90s`. */
export function formatDuration(ms: number): string {
  const [unit, unitMs] = [...UNIT_MS].find(([, size]) => ms >= size && ms % size === 0) ?? ["ms", 1];
  return `${ms / unitMs}${unit}`;
}

export interface DurationBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

const NOT_A_DURATION = { error: 'a duration such as 30 or "30s"' };

/** Seconds as a number or a text with a unit, within the bounds (inclusive). */
export function durationSchema({ minMs, maxMs }: DurationBounds) {
  const outOfBounds = `a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  const seconds = z.number(NOT_A_DURATION).check(z.meta({ minimum: minMs / 1_000, maximum: maxMs / 1_000 }));
  // Aborts, so that what is neither is refused as neither.
  const text = z.string().check(z.regex(DURATION_PATTERN, { ...NOT_A_DURATION, abort: true }));
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

function textMs(text: string): number {
  const [, amount, unit] = DURATION_PATTERN.exec(text) ?? [];
  return Number(amount) * (UNIT_MS.get(unit ?? "") ?? NaN);
}
