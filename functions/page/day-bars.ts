/**
 * Ninety days of a service as columns: what of each day it was not healthy, from the base line up. Pure.
 * Drawn by views/day-bars.tsx. Invariants: a day of which nothing is known is no healthy day; before the first check there is nothing.
 */
import type { StatusGroup } from "./status-words.ts";

/** Seconds of each day, as GET /uptime tells them; `healthy` is null for a day on which nobody watched yet. */
export interface DailyUptime extends Readonly<Record<NotHealthy, readonly number[]>> {
  readonly healthy: readonly (number | null)[];
  readonly uptime_percent: number | null;
  readonly coverage_percent: number | null;
  readonly outages: number;
}

export interface DayColumn {
  readonly day: string;
  /** From the base line up; heights are shares of the column that add up to 1. Empty: nobody watched yet. */
  readonly parts: readonly { readonly group: StatusGroup; readonly share: number }[];
}

const NOT_HEALTHY = ["down", "degraded", "unknown", "maintenance"] as const;
type NotHealthy = (typeof NOT_HEALTHY)[number];

/** Seconds, and the share of the column for less than that. Squares of shares were tried and could not be seen. */
const STEPS = [
  [1, 0],
  [5 * 60, 1 / 3],
  [60 * 60, 1 / 2],
  [6 * 60 * 60, 3 / 4],
] as const;

function heightOf(seconds: number): number {
  return STEPS.find(([below]) => seconds < below)?.[1] ?? 1;
}

export function dayColumns(days: readonly string[], uptime: DailyUptime): DayColumn[] {
  return days.map((day, index) => ({ day, parts: uptime.healthy[index] === null ? [] : partsOf(uptime, index) }));
}

function partsOf(uptime: DailyUptime, index: number): DayColumn["parts"] {
  const seconds = NOT_HEALTHY.map((group) => ({ group, seconds: uptime[group][index] ?? 0 }));
  const total = seconds.reduce((sum, each) => sum + each.seconds, 0);
  if (total === 0 && uptime.healthy[index] === 0) return []; // it has been watched for less than a second
  const coloured = uptime.healthy[index] === 0 && total > 0 ? 1 : heightOf(total);
  const parts = seconds.map((each) => ({ group: each.group, share: (coloured * each.seconds) / Math.max(1, total) }));
  return [...parts, { group: "healthy", share: 1 - coloured } as const].filter(({ share }) => share > 0);
}

/** `90 days: 99.66 percent up, down on 7 days, in maintenance on 1 day, 12 days without data.` */
export function describeDays(days: readonly string[], uptime: DailyUptime): string {
  const count = (group: NotHealthy): number => uptime[group].filter((each) => (each ?? 0) > 0).length;
  const inDays = (number: number): string => `${number} ${number === 1 ? "day" : "days"}`;
  const unwatched = uptime.healthy.filter((each) => each === null).length;
  const facts = [
    uptime.uptime_percent === null ? "nothing was watched" : `${uptime.uptime_percent} percent up`,
    `down on ${inDays(count("down"))}`,
    ...(count("maintenance") > 0 ? [`in maintenance on ${inDays(count("maintenance"))}`] : []),
    ...(unwatched > 0 ? [`${inDays(unwatched)} without data`] : []),
  ];
  return `${inDays(days.length)}: ${facts.join(", ")}.`;
}
