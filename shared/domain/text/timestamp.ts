/**
 * Instants on the wire: RFC 3339 in UTC with `Z` and milliseconds, and the strict way back.
 * Knows no clock: every function is a conversion of its argument. Used wherever a time is shown or read.
 * Invariant: `parseTimestamp(formatTimestamp(t)) === t` for every t of the years 1970–9999.
 */
// oxlint-disable no-restricted-globals -- Date is used here only to convert a given instant, never to read the clock

const MAX_MS = 253_402_300_799_999; // 9999-12-31T23:59:59.999Z
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** `2026-11-23T10:30:45.123Z` of an instant in epoch ms. */
export function formatTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Epoch ms of an RFC 3339 text with a zone; null for anything else, such as `2026-02-30` or a text without a zone. */
export function parseTimestamp(text: string): number | null {
  const match = RFC3339.exec(text);
  if (!match) return null;
  const [, year, month, day] = match.map(Number);
  if (!isCalendarDay(Number(year), Number(month), Number(day))) return null;
  const epochMs = Date.parse(text.toUpperCase());
  return Number.isNaN(epochMs) || epochMs < 0 || epochMs > MAX_MS ? null : epochMs;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
