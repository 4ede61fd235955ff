/**
 * Mergeable histogram of response times in logarithmic buckets, as in DDSketch (Masson, Rim, Lee, VLDB 2019).
 * Knows only numbers. Rollups of hours and days carry one; percentiles over any time range can be had from added ones.
 * Invariant: adding the counts of two histograms bucket by bucket gives that of everything; what a bucket stands for is within
 * 1.9 % of every value in it (above 0.1 ms, without an upper end).
 */

/** Bucket number → count. Bucket i > 0 holds (0.1 ms × γ^(i−1), 0.1 ms × γ^i]; bucket 0 holds everything up to 0.1 ms. */
export type Histogram = ReadonlyMap<number, number>;

/** α: 2 % is promised; the rest is for the four digits that answers show. */
const RELATIVE_ERROR = 0.019;
/** γ = (1+α)/(1−α): an hour of a steady service fits in about ten buckets. */
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
const SMALLEST_MS = 0.1;

export function findBucket(responseTimeMs: number): number {
  return responseTimeMs <= SMALLEST_MS ? 0 : Math.ceil(Math.log(responseTimeMs / SMALLEST_MS) / LOG_GAMMA);
}

export function countValues(histogram: Histogram): number {
  let count = 0;
  for (const own of histogram.values()) count += own;
  return count;
}

/** Where the quantile `q` (0..1) stands among `count` ordered values: the first one that at least that share does not exceed. */
export function quantileIndex(count: number, q: number): number {
  return Math.max(0, Math.ceil(count * q) - 1);
}

/**
 * The quantile `q` (0..1) in ms, within 2 % of the exact one, which is the smallest value that at least that share of all values do
 * not exceed; of values up to 0.1 ms it says 0.1 ms. NaN of an empty histogram.
 *
 * Why: the exact quantile lies in the bucket where the counts reach its place, and the bucket (l, γl] is spoken for by
 * 2γl/(γ+1), which no value in it is further from than α = (γ−1)/(γ+1) of itself.
 */
export function quantile(histogram: Histogram, q: number): number {
  let rest = quantileIndex(countValues(histogram), q);
  for (const [bucket, count] of [...histogram].sort(([left], [right]) => left - right)) {
    if (rest < count) return representativeMs(bucket);
    rest -= count;
  }
  return Number.NaN;
}

function representativeMs(bucket: number): number {
  return bucket === 0 ? SMALLEST_MS : (2 * SMALLEST_MS * GAMMA ** bucket) / (GAMMA + 1);
}
