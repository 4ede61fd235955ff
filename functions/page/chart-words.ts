/**
 * What the chart of a service shows, in one sentence, for who cannot see it and who wants the figures. Pure.
 * Invariant: only what was measured is told; a time-out is no response time.
 */
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { formatMinute } from "../../shared/domain/text/timestamp.ts";
import { RANGES, type RangeName } from "./ranges.ts";
import type { Series } from "./read-service.ts";
import { formatMs } from "./response-text.ts";

/** `Last 24 hours: half of 2,871 answers within 41 ms, 95 % within 118 ms; one outage of 41 min at 2026-11-25 04:20 UTC.` */
export function describeChart(series: Series, range: RangeName, nowMs: number): string {
  const parts = [answersText(series), timeoutsText(series), outagesText(series, nowMs)];
  return `Last ${RANGES[range].words}: ${parts.filter((part) => part !== "").join("; ")}.`;
}

function answersText({ total }: Series): string {
  const { count, p50, p95 } = total;
  if (p50 === null || p95 === null) return "no answer";
  const within = `${formatMs(p50 * 1_000)}, 95 % within ${formatMs(p95 * 1_000)}`;
  return count === 1
    ? `one answer, within ${formatMs(p50 * 1_000)}`
    : `half of ${formatCount(count)} answers within ${within}`;
}

function timeoutsText({ timeouts, timeout_s: waitedS }: Series): string {
  const count = timeouts.reduce((sum, each) => sum + each, 0);
  if (count === 0 || waitedS === null) return "";
  return `${count === 1 ? "one check" : `${formatCount(count)} checks`} timed out after up to ${formatMs(waitedS * 1_000)}`;
}

function outagesText({ outages, outages_total: total }: Series, nowMs: number): string {
  const lasted = ({ since, until }: Series["outages"][number]): number =>
    (until === null ? nowMs : Date.parse(until)) - Date.parse(since);
  const [longest] = outages.toSorted((left, right) => lasted(right) - lasted(left));
  if (total === 0) return "no outage";
  if (!longest) return formatOutages(total);
  const at = `${formatDuration(lasted(longest))} at ${formatMinute(Date.parse(longest.since))}`;
  return total === 1 && outages.length === 1 ? `one outage of ${at}` : `${formatOutages(total)}, the longest of ${at}`;
}

function formatOutages(total: number): string {
  return total === 1 ? "one outage" : `${formatCount(total)} outages`;
}

/** `2,871`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
