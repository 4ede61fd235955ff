/**
 * The days of a time zone as spans of time: 23 or 25 hours long when the clocks change. Pure.
 * Invariant: days touch each other, and each begins when the clock on the wall first shows it.
 */
import { toEpochMs, toLocalDay, type CalendarDay } from "./zoned-time.ts";

export interface LocalDay {
  /** `2026-03-29`. */
  readonly name: string;
  readonly sinceMs: number;
  /** Exclusive; of the last one the instant that was given. */
  readonly untilMs: number;
}

/** The last `count` days up to `untilMs` (epoch ms), oldest first; the last one is going on. */
export function listLocalDays(count: number, untilMs: number, zone: string): [LocalDay, ...LocalDay[]] {
  const today = toLocalDay(untilMs - 1, zone);
  const starts = Array.from({ length: count }, (_, index) =>
    startOf({ ...today, day: today.day - count + 1 + index }, zone),
  );
  const days = starts.map((sinceMs, index) => dayFrom(sinceMs, starts[index + 1] ?? untilMs, zone));
  // A zone that changes sides of the date line leaves one out.
  const [first = dayFrom(untilMs, untilMs, zone), ...others] = days.filter((day) => day.sinceMs < day.untilMs);
  return [first, ...others];
}

function dayFrom(sinceMs: number, untilMs: number, zone: string): LocalDay {
  return { name: nameOf(toLocalDay(sinceMs, zone)), sinceMs, untilMs };
}

function startOf(day: CalendarDay, zone: string): number {
  return toEpochMs({ ...day, hour: 0, minute: 0 }, zone);
}

function nameOf({ year, month, day }: CalendarDay): string {
  return [String(year).padStart(4, "0"), ...[month, day].map((part) => String(part).padStart(2, "0"))].join("-");
}
