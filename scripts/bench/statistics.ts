/**
 * What the rounds of a comparison come to: medians, and how far the ratios of the pairs lie apart. Pure.
 * Used by report.ts; the load client takes its 99th percentile from here.
 * Invariant: a ratio is taken within a pair, so that a machine that slows down between pairs does not enter it.
 */
import type { Bar, Pair } from "./row.ts";

export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Summary {
  /** Medians of each side alone; their quotient may differ a little from the median of the ratios. */
  readonly ours: number;
  readonly reference: number;
  readonly ratio: Ratio;
}

export type Verdict = "pass" | "fail" | "no_bar";

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return (low + high) / 2;
}

/** The smallest value that at least `share` (0..1) of all values do not exceed; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const index = Math.max(0, Math.ceil(sorted.length * share) - 1);
  return sorted[index] ?? Number.NaN;
}

export function summarise(rounds: readonly Pair<number>[]): Summary {
  const ratios = rounds.map(({ ours, reference }) => ours / reference);
  return {
    ours: median(rounds.map(({ ours }) => ours)),
    reference: median(rounds.map(({ reference }) => reference)),
    ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
  };
}

/** A ratio that is not a number meets no bar. */
export function judge(ratio: Ratio, bar: Bar | null): Verdict {
  if (bar === null) return "no_bar";
  const isMet = "atLeast" in bar ? ratio.median >= bar.atLeast : ratio.median <= bar.atMost;
  return isMet ? "pass" : "fail";
}
