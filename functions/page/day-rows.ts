/**
 * What the picture of ninety days shows, as rows to be read: the days on which something was, newest first. Pure.
 * Shown by views/quarter.tsx. Invariant: uptime is of what was watched, rounded down; a day of which nothing is known has none.
 */
import type { DailyUptime } from "./day-bars.ts";

export const DAY_GROUPS = ["down", "degraded", "unknown", "maintenance"] as const;

export interface DayRow {
  readonly day: string;
  /** In the order of DAY_GROUPS. */
  readonly seconds: readonly number[];
  /** Null: nothing of it counts. */
  readonly uptimePercent: number | null;
}

export function dayRows(days: readonly string[], uptime: DailyUptime): DayRow[] {
  return days
    .map((day, index) => dayRow(day, index, uptime))
    .filter(({ seconds }) => seconds.some((each) => each > 0))
    .toReversed();
}

function dayRow(day: string, index: number, uptime: DailyUptime): DayRow {
  const up = (uptime.healthy[index] ?? 0) + (uptime.degraded[index] ?? 0);
  const watched = up + (uptime.down[index] ?? 0);
  return {
    day,
    seconds: DAY_GROUPS.map((group) => uptime[group][index] ?? 0),
    uptimePercent: watched === 0 ? null : Math.floor((up * 10_000) / watched) / 100,
  };
}
