/**
 * The words of a chart in the reader's language and zone: its axes, and what stands at the cursor. Pure but for the browser's Intl.
 * Invariant: where nothing was measured no number is told.
 */
import type { ChartData } from "./chart-data.ts";

const DAY_S = 86_400;

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** Of the axis of time: the day where a day begins, else the time. */
export function timeLabels(splits: readonly number[], stepS: number): string[] {
  return splits.map((atS) => {
    const date = new Date(atS * 1_000);
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
    return (stepS >= DAY_S || isMidnight ? DAY : TIME).format(date);
  });
}

export function formatSeconds(seconds: number): string {
  if (seconds >= 1) return `${Number(seconds.toFixed(seconds < 9.95 ? 1 : 0))} s`;
  const ms = seconds * 1_000;
  return `${Number(ms.toFixed(ms < 0.95 ? 1 : 0))} ms`;
}

/** Of the column at the cursor; empty where there is none. */
export function valuesAt(data: ChartData, index: number | null): string {
  const middleS = index === null ? undefined : data.columns[0][index];
  if (index === null || middleS === undefined) return "";
  const late = data.timeouts[index] ?? 0;
  return [
    formatColumn(middleS, data.stepS),
    ...answersAt(data, index),
    ...(late > 0 ? [`${late} timed out`] : []),
    ...data.marks.filter(({ atS }) => Math.abs(atS - middleS) <= data.stepS / 2).map(({ text }) => `⚑ ${text}`),
  ].join(" · ");
}

function answersAt({ columns: [, p50, p95], max, counts }: ChartData, index: number): string[] {
  const [half, most, latest] = [p50[index] ?? null, p95[index] ?? null, max[index] ?? null];
  if (half === null || most === null || latest === null) return ["no answer"];
  const count = counts[index] ?? 0;
  return [
    `p50 ${formatSeconds(half)}`,
    `p95 ${formatSeconds(most)}`,
    `latest ${formatSeconds(latest)}`,
    count === 1 ? "one answer" : `${count} answers`,
  ];
}

function formatColumn(middleS: number, stepS: number): string {
  return (stepS >= DAY_S ? DAY : DAY_AND_TIME).format((middleS - stepS / 2) * 1_000);
}
