/**
 * Durations as people write them: a number of seconds or a text with one unit (`500ms`, `30s`, `5m`, `2h`, `7d`).
 * The only place that turns such text into milliseconds; everything behind the configuration carries `…Ms` numbers.
 * Invariant: `parseDurationMs(formatDuration(ms)) === ms` for every non-negative safe integer.
 */
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
]);

/** A decimal number and one unit, without spaces or sign. */
export const DURATION_PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

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

function textMs(text: string): number {
  const [, amount, unit] = DURATION_PATTERN.exec(text) ?? [];
  return Number(amount) * (UNIT_MS.get(unit ?? "") ?? NaN);
}
