/**
 * Mergeable histogram of response times in logarithmic buckets, as in DDSketch (Masson, Rim, Lee, VLDB 2019).
 * Knows only numbers. Rollups of hours and days carry one; percentiles over any time range can be had from added ones.
 * Invariant: adding the counts of two histograms bucket by bucket gives that of everything; what a bucket stands for is within
 * 1.9 % of every value in it (above 0.1 ms, without an upper end).
 */

/**
 * The buckets that are not empty, in their order, and the count of each; both lists are equally long. Bucket i > 0 holds
 * (0.1 ms × γ^(i−1), 0.1 ms × γ^i]; bucket 0 holds everything up to 0.1 ms. Lists, as a chart of a year adds ten thousand counts.
 */
export interface Histogram {
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
}

export const EMPTY_HISTOGRAM: Histogram = { buckets: [], counts: [] };

/** α: 2 % is promised; the rest is for the four digits that answers show. */
const RELATIVE_ERROR = 0.019;
/** γ = (1+α)/(1−α): an hour of a steady service fits in about ten buckets. */
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
const SMALLEST_MS = 0.1;

export function findBucket(responseTimeMs: number): number {
  return responseTimeMs <= SMALLEST_MS ? 0 : Math.ceil(Math.log(responseTimeMs / SMALLEST_MS) / LOG_GAMMA);
}

/** Adds up counts and histograms; order does not matter. One may be used again and again: its list of buckets is the garbage of a chart. */
export class HistogramBuilder {
  /** By bucket number; empty ones are 0. */
  readonly #counts: number[] = [];

  add(bucket: number, count: number): void {
    while (this.#counts.length <= bucket) this.#counts.push(0);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
  }

  addAll({ buckets, counts }: Histogram): void {
    for (let index = 0; index < buckets.length; index += 1) this.add(buckets[index] ?? 0, counts[index] ?? 0);
  }

  /** What has been added since the last time. */
  take(): Histogram {
    const buckets: number[] = [];
    const counts: number[] = [];
    for (let bucket = 0; bucket < this.#counts.length; bucket += 1) {
      const count = this.#counts[bucket] ?? 0;
      if (count === 0) continue;
      buckets.push(bucket);
      counts.push(count);
      this.#counts[bucket] = 0;
    }
    return { buckets, counts };
  }
}

export function countValues({ counts }: Histogram): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
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
  const { buckets, counts } = histogram;
  let rest = quantileIndex(countValues(histogram), q);
  for (let index = 0; index < buckets.length; index += 1) {
    const count = counts[index] ?? 0;
    if (rest < count) return representativeMs(buckets[index] ?? 0);
    rest -= count;
  }
  return Number.NaN;
}

function representativeMs(bucket: number): number {
  return bucket === 0 ? SMALLEST_MS : (2 * SMALLEST_MS * GAMMA ** bucket) / (GAMMA + 1);
}
