/**
 * Instants on the wire: RFC 3339 in UTC with `Z` and milliseconds, and the strict way back.
 * Knows no clock: every function is a conversion of its argument. Used wherever a time is shown or read.
 * Invariant: `parseTimestamp(formatTimestamp(t)) === t` for every t of the years 1970–9999.
 */
// oxlint-disable no-restricted-globals -- Date is used here only to convert a given instant, never to read the clock

export const DAY_MS = 86_400_000;

/** 9999-12-31T23:59:59.999Z, the last instant that can be written. */
export const LATEST_MS = 253_402_300_799_999;

/** What is read, but for days that no calendar has. */
export const RFC3339 =
  /^(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

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
  const match = RFC3339.exec(text);
  if (!match) return null;
  const [, year, month, day] = match.map(Number);
  if (!isCalendarDay(Number(year), Number(month), Number(day))) return null;
  const epochMs = Date.parse(text.toUpperCase());
  return Number.isNaN(epochMs) || epochMs < 0 || epochMs > LATEST_MS ? null : epochMs;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
