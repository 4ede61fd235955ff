/**
 * Instants on the wire: RFC 3339 in UTC with `Z` and milliseconds, and the strict way back.
 * Knows no clock: every function is a conversion of its argument. Used wherever a time is shown or read.
 * Invariant: `parseTimestamp(formatTimestamp(t)) === t` for every t of the years 1970–9999.
 */
// oxlint-disable no-restricted-globals -- Date is used here only to convert a given instant, never to read the clock

export const DAY_MS = 86_400_000;

/** The start of the day in UTC that holds `epochMs`. */
export function startOfDay(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS) * DAY_MS;
}

/** 9999-12-31T23:59:59.999Z, the last instant that can be written. */
export const LATEST_MS = 253_402_300_799_999;

const YEARS_BETWEEN = String.raw`19(7[1-9]|[89]\d)|[2-8]\d{3}|9[0-8]\d\d|99[0-8]\d|999[0-8]`;
const AFTER_THE_YEAR = String.raw`-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,9})?`;
const ZONE = String.raw`([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)`;

/** What is read, but for days that no calendar has. In its first and its last year in UTC only: all of it is within `LATEST_MS`. */
export const RFC3339 = new RegExp(
  `^((${YEARS_BETWEEN})${AFTER_THE_YEAR}${ZONE}|(1970|9999)${AFTER_THE_YEAR}([Zz]|[+-]00:00))$`,
);

/** `2026-11-23T10:30:45.123Z` of an instant in epoch ms. */
export function formatTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** `2026-11-23 10:30 UTC`, for people. */
export function formatMinute(epochMs: number): string {
  return `${formatTimestamp(epochMs).slice(0, 16).replace("T", " ")} UTC`;
}

export function formatOptional(epochMs: number | null): string | null {
  return epochMs === null ? null : formatTimestamp(epochMs);
}

/** Epoch ms of an RFC 3339 text with a zone; null for anything else, such as `2026-02-30` or a text without a zone. */
export function parseTimestamp(text: string): number | null {
  if (!RFC3339.test(text)) return null;
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split("-").map(Number);
  return isCalendarDay(year, month, day) ? Date.parse(text.toUpperCase()) : null;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
