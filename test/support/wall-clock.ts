/**
 * What a clock on the wall shows: a second way to it, by another locale and no arithmetic, to judge `zoned-time.ts` by.
 * Used by the tests of local time. Knows nothing of the code that it judges.
 * Invariant: its texts sort as the times do, so "the first minute that shows at least 02:30" is a comparison of texts.
 */
import type { WallTime } from "../../shared/domain/text/zoned-time.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-03-29 03:00` of an instant, in a zone. */
export function shownAt(epochMs: number, zone: string): string {
  const format =
    formats.get(zone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  formats.set(zone, format);
  return format.format(epochMs);
}

/** The parts of `2026-03-29 03:00`. */
export function wallTimeOf(text: string): WallTime {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/[- :]/).map(Number);
  return { year, month, day, hour, minute };
}
