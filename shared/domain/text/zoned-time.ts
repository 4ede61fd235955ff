/**
 * Time as clocks on a wall show it in a time zone, and the instants that belong to it.
 * Knows no clock: every function converts its argument. Recurring maintenance windows are kept in local time by it.
 * Invariant: every local time has exactly one instant: one that the spring change skips is the first instant after the
 * gap, one that the autumn change repeats is its first occurrence. So nothing planned is left out or happens twice.
 */
// oxlint-disable no-restricted-globals -- Date is used here only for calendar arithmetic, never to read the clock

/** In the order of the week that starts on Monday. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export type Weekday = (typeof WEEKDAYS)[number];

/** A day of the calendar, month 1–12. `day` may lie beyond its month: March 32 is April 1, March 0 the last of February. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Minutes are the finest that people plan in. Hour 0–23, minute 0–59. */
export interface WallTime extends CalendarDay {
  readonly hour: number;
  readonly minute: number;
}

const HOUR_MS = 3_600_000;

/** No zone ever was farther from UTC than this. */
const MAX_OFFSET_MS = 16 * HOUR_MS;

/** More zones than anybody uses at once; any spelling of a zone (`EUROPE/berlin`) is one, so there must be a limit. */
const MAX_FORMATS = 64;

export const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;

const formats = new Map<string, Intl.DateTimeFormat>();

/** True for the name of an IANA zone that this host knows. A bare offset such as `+01:00` is none: it knows no summer. */
export function isTimeZone(zone: string): boolean {
  try {
    return ZONE_NAME.test(zone) && findFormat(zone) !== null;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The instant of a local time, in epoch ms. Throws a RangeError for an unknown zone. */
export function toEpochMs(time: WallTime, zone: string): number {
  const shownMs = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute);
  // A day around it holds at most one change of the clocks, so two offsets come into question.
  const earlierOffsetMs = offsetAt(shownMs - MAX_OFFSET_MS, zone);
  const laterOffsetMs = offsetAt(shownMs + MAX_OFFSET_MS, zone);
  if (earlierOffsetMs === laterOffsetMs) return shownMs - laterOffsetMs;
  // Read with the offset before an autumn change, a repeated time is its first occurrence: hence this one goes first.
  for (const offsetMs of [earlierOffsetMs, laterOffsetMs]) {
    if (offsetAt(shownMs - offsetMs, zone) === offsetMs) return shownMs - offsetMs;
  }
  return changeBetween(shownMs - laterOffsetMs, shownMs - earlierOffsetMs, zone);
}

/** The day that the calendar on the wall shows at an instant, and its weekday. */
export function toLocalDay(epochMs: number, zone: string): CalendarDay & { readonly weekday: Weekday } {
  const shown = new Date(epochMs + offsetAt(epochMs, zone));
  const weekday = WEEKDAYS[(shown.getUTCDay() + 6) % 7] ?? "mon";
  return { year: shown.getUTCFullYear(), month: shown.getUTCMonth() + 1, day: shown.getUTCDate(), weekday };
}

/** `2026-11-30 14:30:05`, as the wall shows it. Throws a RangeError for an unknown zone. */
export function toLocalText(epochMs: number, zone: string): string {
  const shown = new Date(epochMs + offsetAt(epochMs, zone)).toISOString();
  return shown.slice(0, "2026-11-30T14:30:05".length).replace("T", " ");
}

/** The first instant with the later offset; `beforeMs` has the earlier one, `afterMs` the later one. */
function changeBetween(beforeMs: number, afterMs: number, zone: string): number {
  const offsetBeforeMs = offsetAt(beforeMs, zone);
  let [lastBeforeMs, firstAfterMs] = [beforeMs, afterMs];
  while (firstAfterMs - lastBeforeMs > 1) {
    const middleMs = Math.floor((lastBeforeMs + firstAfterMs) / 2);
    if (offsetAt(middleMs, zone) === offsetBeforeMs) lastBeforeMs = middleMs;
    else firstAfterMs = middleMs;
  }
  return firstAfterMs;
}

/** What the wall shows minus UTC, in ms: 7,200,000 in Berlin in summer. */
function offsetAt(epochMs: number, zone: string): number {
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of findFormat(zone).formatToParts(epochMs)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  // The parts show whole seconds; the fraction is the same in every zone.
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(epochMs / 1_000) * 1_000;
}

/** Making a format takes some 50 µs, using it two: hence they are kept. */
function findFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(zone, format);
  return format;
}
