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

type DayStart = Pick<LocalDay, "name" | "sinceMs">;

/** Pages ask for the same days until midnight, and each takes three formatted times. As many as zones and lengths are in use at once. */
const MOST_KEPT = 8;

const kept = new Map<string, readonly DayStart[]>();

/** The last `count` days up to `untilMs` (epoch ms), oldest first; the last one is going on. */
export function listLocalDays(count: number, untilMs: number, zone: string): [LocalDay, ...LocalDay[]] {
  const starts = listStarts(toLocalDay(untilMs - 1, zone), count, zone);
  const days = starts.map(({ name, sinceMs }, index) => {
    return { name, sinceMs, untilMs: starts[index + 1]?.sinceMs ?? untilMs };
  });
  // A zone that changes sides of the date line leaves one out.
  const [first = { ...startAt(untilMs, zone), untilMs }, ...others] = days.filter((day) => day.sinceMs < day.untilMs);
  return [first, ...others];
}

/** Of the last `count` days, `today` included. */
function listStarts(today: CalendarDay, count: number, zone: string): readonly DayStart[] {
  const key = `${zone} ${nameOf(today)} ${count}`;
  const known = kept.get(key);
  if (known) return known;
  const starts = Array.from({ length: count }, (_, index) =>
    startAt(startOf({ ...today, day: today.day - count + 1 + index }, zone), zone),
  );
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, starts);
  return starts;
}

function startAt(sinceMs: number, zone: string): DayStart {
  return { name: nameOf(toLocalDay(sinceMs, zone)), sinceMs };
}

function startOf(day: CalendarDay, zone: string): number {
  return toEpochMs({ ...day, hour: 0, minute: 0 }, zone);
}

function nameOf({ year, month, day }: CalendarDay): string {
  return [String(year).padStart(4, "0"), ...[month, day].map((part) => String(part).padStart(2, "0"))].join("-");
}
