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
import { packHistogram, unpackHistogram, type HexColumn, type HistogramKind } from "./packed-histogram.ts";

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

/** Null when it is of an earlier kind, or of several hours: then the samples tell. */
export function decodeHour(row: RollupColumns): Rollup | null {
  const { histogram } = row;
  if (histogram === null || (typeof histogram === "string" && histogram.startsWith("["))) return null;
  return decodeRollup(row);
}

/** Null when it is of several hours. */
export function decodeRollup(row: RollupColumns): Rollup | null {
  if (row.histogram === null || typeof row.histogram === "string" || typeof row.histogram === "number")
    throw new Error("not a histogram of ours");
  const { kind, histogram, timeoutTenths } = unpackHistogram(row.histogram);
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

function decodeCounts(json: string): Map<CheckStatus, number> {
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
  const figures = [row.sum_tenth_ms, row.min_tenth_ms, row.max_tenth_ms];
  const count = countValues(histogram);
  if (count === 0 && figures.every((figure) => figure === null)) return null;
  const [sum, least, most] = figures.map((figure) => checkTenths(figure ?? -1));
  if (sum === undefined || least === undefined || most === undefined) throw new Error("a figure is missing");
  if (count === 0 || sum < least * count || sum > most * count) throw new Error("figures that do not add up");
  return { sumMs: sum / 10, minMs: least / 10, maxMs: most / 10, histogram };
}

function tenths(ms: number): number {
  return Math.round(ms * 10);
}
