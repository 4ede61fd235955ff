/**
 * Mergeable histogram of response times in logarithmic buckets, as in DDSketch (Masson, Rim, Lee, VLDB 2019).
 * Knows only numbers. Hour blocks carry one; percentiles over any span come from merged ones.
 * Invariant: merging is associative and commutative; a quantile is within 5 % of the exact one (above 0.1 ms).
 */

/** Bucket number → count. Bucket i > 0 holds (0.1 ms × γ^(i−1), 0.1 ms × γ^i]; bucket 0 holds everything up to 0.1 ms. */
export type Histogram = ReadonlyMap<number, number>;

/** γ = (1+α)/(1−α) with relative error α = 5 %: an hour of a steady service fits in about five buckets. */
const RELATIVE_ERROR = 0.05;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
const SMALLEST_MS = 0.1;

/** Counts response times in ms; order does not matter. */
export function histogramOf(responseTimesMs: readonly number[]): Histogram {
  const counts = new Map<number, number>();
  for (const ms of responseTimesMs) {
    const bucket = bucketOf(ms);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
}

/** The histogram of everything counted in either. */
export function mergeHistograms(left: Histogram, right: Histogram): Histogram {
  const counts = new Map(left);
  for (const [bucket, count] of right) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  return counts;
}

/** The value in ms below which a share `quantile` (0..1) of the counted times lies; null when nothing was counted. */
export function quantileMs(histogram: Histogram, quantile: number): number | null {
  const buckets = [...histogram].sort(([left], [right]) => left - right);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  let remaining = Math.max(1, Math.ceil(quantile * total));
  for (const [bucket, count] of buckets) {
    remaining -= count;
    if (remaining <= 0) return representativeMs(bucket);
  }
  return null;
}

function bucketOf(ms: number): number {
  return ms <= SMALLEST_MS ? 0 : Math.ceil(Math.log(ms / SMALLEST_MS) / LOG_GAMMA);
}

function representativeMs(bucket: number): number {
  return bucket === 0 ? SMALLEST_MS : (2 * SMALLEST_MS * GAMMA ** bucket) / (GAMMA + 1);
}
