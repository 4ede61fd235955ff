/**
 * The rollup of one service's finished hour: all its samples and the figures that long time ranges are computed from.
 * Knows checks, not how a block is stored. `clean-up` builds blocks, history and analysis read them.
 * Invariant: the figures of a block equal those recomputed from its samples.
 */
import type { Check } from "../monitoring/check.ts";
import { rollUp, type Rollup } from "./rollup.ts";

export const HOUR_MS = 3_600_000;

export interface HourBlock extends Rollup {
  readonly serviceId: string;
  /** Start of the hour, epoch ms, a multiple of HOUR_MS. */
  readonly hourMs: number;
  /** By `checkedAtMs`, ascending. Without timings: those are kept two hours only. */
  readonly samples: readonly Check[];
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
  return { serviceId, hourMs, samples, ...rollUp(samples) };
}

function withoutTimings(check: Check): Check {
  const { timings: _kept_two_hours_only, ...details } = check.details;
  return { ...check, details };
}
