/**
 * The rollup of one service's finished hour: all its samples and the figures that long time ranges are computed from.
 * Knows checks, not how a block is stored. `clean-up` builds blocks, history and analysis read them.
 * Invariant: the figures of a block equal those recomputed from its samples.
 */
import type { Check, CheckStatus } from "../monitoring/check.ts";
import { buildHistogram, type Histogram } from "./histogram.ts";

export const HOUR_MS = 3_600_000;

export interface HourBlock {
  readonly serviceId: string;
  /** Start of the hour, epoch ms, a multiple of HOUR_MS. */
  readonly hourMs: number;
  /** By `checkedAtMs`, ascending. Without timings: those are kept two hours only. */
  readonly samples: readonly Check[];
  /** How many samples had each status; statuses that did not occur are absent. */
  readonly statusCounts: ReadonlyMap<CheckStatus, number>;
  /** Of the samples that were answered correctly (`healthy` or `degraded`); null when there was none. */
  readonly responseTimes: ResponseTimes | null;
}

export interface ResponseTimes {
  readonly sumMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly histogram: Histogram;
}

/** The start of the hour that holds `epochMs`. */
export function startOfHour(epochMs: number): number {
  return Math.floor(epochMs / HOUR_MS) * HOUR_MS;
}

/** One block per service that occurs in `checks`, ordered by service id; the checks belong to the hour whatever their own time. */
export function hourBlocks(hourMs: number, checks: readonly Check[]): HourBlock[] {
  const byService = Map.groupBy(checks, ({ serviceId }) => serviceId);
  return [...byService]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([serviceId, own]) => hourBlock(serviceId, hourMs, own));
}

function hourBlock(serviceId: string, hourMs: number, checks: readonly Check[]): HourBlock {
  const samples = checks.map(withoutTimings).sort((left, right) => left.checkedAtMs - right.checkedAtMs);
  const statusCounts = new Map<CheckStatus, number>();
  for (const { status } of samples) statusCounts.set(status, (statusCounts.get(status) ?? 0) + 1);
  return { serviceId, hourMs, samples, statusCounts, responseTimes: summariseResponseTimes(samples) };
}

function summariseResponseTimes(samples: readonly Check[]): ResponseTimes | null {
  const timesMs = samples
    .filter(({ status }) => status === "healthy" || status === "degraded")
    .map(({ responseTimeMs }) => responseTimeMs);
  if (timesMs.length === 0) return null;
  return {
    sumMs: timesMs.reduce((sum, ms) => sum + Math.round(ms * 10), 0) / 10,
    minMs: timesMs.reduce((least, ms) => Math.min(least, ms)),
    maxMs: timesMs.reduce((most, ms) => Math.max(most, ms)),
    histogram: buildHistogram(timesMs),
  };
}

function withoutTimings(check: Check): Check {
  const { timings: _kept_two_hours_only, ...details } = check.details;
  return { ...check, details };
}
