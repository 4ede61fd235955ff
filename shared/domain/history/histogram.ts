/**
 * Mergeable histogram of response times in logarithmic buckets, as in DDSketch (Masson, Rim, Lee, VLDB 2019).
 * Knows only numbers. Hour blocks carry one; percentiles over any time range can be had from added ones.
 * Invariant: adding the counts of two histograms bucket by bucket gives that of everything; the middle of a bucket is within
 * 5 % of every value in it (above 0.1 ms).
 */

/** Bucket number → count. Bucket i > 0 holds (0.1 ms × γ^(i−1), 0.1 ms × γ^i]; bucket 0 holds everything up to 0.1 ms. */
export type Histogram = ReadonlyMap<number, number>;

/** γ = (1+α)/(1−α) with relative error α = 5 %: an hour of a steady service fits in about five buckets. */
const RELATIVE_ERROR = 0.05;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
const SMALLEST_MS = 0.1;

/** Counts response times in ms; order does not matter. */
export function buildHistogram(responseTimesMs: readonly number[]): Histogram {
  const counts = new Map<number, number>();
  for (const ms of responseTimesMs) {
    const bucket = ms <= SMALLEST_MS ? 0 : Math.ceil(Math.log(ms / SMALLEST_MS) / LOG_GAMMA);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
}
