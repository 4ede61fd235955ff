/**
 * The columns of a rollup, as hour blocks and day rollups store it.
 * Called by sample-block.ts and day-rollups.ts, and by who reads them. Invariant: decoding gives the rollup back, or throws when a
 * column is damaged: what passes adds up.
 */
import { countValues, EMPTY_HISTOGRAM } from "../domain/history/histogram.ts";
import { countAnswers, isAnswer, type ResponseTimes, type Rollup } from "../domain/history/rollup.ts";
import { CHECK_STATUSES, type CheckStatus } from "../domain/monitoring/check.ts";
import type { BlobColumn } from "./blob-column.ts";
import { checkTenths } from "./checked-value.ts";
import {
  packHistogram,
  unpackHistogram,
  type HexColumn,
  type HistogramKind,
  type ReusedLists,
} from "./packed-histogram.ts";

export interface RollupColumns {
  /** [[status, count], …] */
  readonly status_counts: string;
  readonly sum_tenth_ms: number | null;
  readonly min_tenth_ms: number | null;
  readonly max_tenth_ms: number | null;
  /** See packed-histogram.ts; a text or null is of a kind that is not read any more. */
  readonly histogram: BlobColumn | HexColumn | string | null;
}

interface EncodedRollup extends RollupColumns {
  readonly histogram: BlobColumn;
}

export function encodeRollup(rollup: Rollup, kind: HistogramKind = "answers"): EncodedRollup {
  const { statusCounts, responseTimes: times, longestTimeoutMs } = rollup;
  const timeoutTenths = longestTimeoutMs === null ? null : tenths(longestTimeoutMs);
  return {
    status_counts: JSON.stringify([...statusCounts]),
    sum_tenth_ms: times && tenths(times.sumMs),
    min_tenth_ms: times && tenths(times.minMs),
    max_tenth_ms: times && tenths(times.maxMs),
    histogram: packHistogram({ kind, histogram: times?.histogram ?? EMPTY_HISTOGRAM, timeoutTenths }),
  };
}

/**
 * Null when it is of an earlier kind, or of several hours: then the samples tell.
 * @param lists as of `decodeRollup`
 */
export function decodeHour(row: RollupColumns, lists?: ReusedLists): Rollup | null {
  const { histogram } = row;
  if (histogram === null || (typeof histogram === "string" && histogram.startsWith("["))) return null;
  return decodeRollup(row, lists);
}

/**
 * Null when it is of several hours.
 * @param lists for the histogram; the rollup holds until they are used again
 */
export function decodeRollup(row: RollupColumns, lists?: ReusedLists): Rollup | null {
  if (row.histogram === null || typeof row.histogram === "string" || typeof row.histogram === "number")
    throw new Error("not a histogram of ours");
  const { kind, histogram, timeoutTenths } = unpackHistogram(row.histogram, lists);
  const rollup: Rollup = {
    statusCounts: decodeCounts(row.status_counts),
    responseTimes: decodeTimes(row, histogram),
    longestTimeoutMs: timeoutTenths === null ? null : checkTenths(timeoutTenths) / 10,
  };
  if (!addsUp(rollup)) throw new Error("figures that do not add up");
  return kind === "answers" ? rollup : null;
}

function addsUp(rollup: Rollup): boolean {
  let answers = 0;
  for (const [status, count] of rollup.statusCounts) if (isAnswer(status)) answers += count;
  return answers === countAnswers(rollup) && rollup.statusCounts.has("timeout") === (rollup.longestTimeoutMs !== null);
}

/** Steady services have few different counts; a map for each hour and day of a chart would be a sixth of its garbage. */
const MOST_KEPT = 64;

const kept = new Map<string, ReadonlyMap<CheckStatus, number>>();

function decodeCounts(json: string): ReadonlyMap<CheckStatus, number> {
  const known = kept.get(json);
  if (known) return known;
  const counts = parseCounts(json);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(json, counts);
  return counts;
}

function parseCounts(json: string): ReadonlyMap<CheckStatus, number> {
  const counts: unknown = JSON.parse(json);
  if (!Array.isArray(counts)) throw new Error("not a list of counts");
  return new Map(
    counts.map(([status, count]: [CheckStatus, number]) => {
      if (!CHECK_STATUSES.includes(status) || !Number.isInteger(count) || count < 1) throw new Error("not a count");
      return [status, count];
    }),
  );
}

function decodeTimes(row: RollupColumns, histogram: ResponseTimes["histogram"]): ResponseTimes | null {
  const { sum_tenth_ms: sumTenths, min_tenth_ms: minTenths, max_tenth_ms: maxTenths } = row;
  const count = countValues(histogram);
  if (count === 0 && sumTenths === null && minTenths === null && maxTenths === null) return null;
  const [sum, least, most] = [checkTenths(sumTenths ?? -1), checkTenths(minTenths ?? -1), checkTenths(maxTenths ?? -1)];
  if (count === 0 || sum < least * count || sum > most * count) throw new Error("figures that do not add up");
  return { sumMs: sum / 10, minMs: least / 10, maxMs: most / 10, histogram };
}

function tenths(ms: number): number {
  return Math.round(ms * 10);
}
