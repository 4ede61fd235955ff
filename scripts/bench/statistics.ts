/**
 * What the rounds of a measurement come to: medians, and how far its values or the ratios of its pairs lie apart. Pure.
 * Used by report.ts; the load client takes its 99th percentile from here.
 * Invariant: a ratio is taken within a pair, so that a machine that slows down between pairs does not enter it.
 */
import type { AbsoluteBar, Bar, Pair } from "./row.ts";

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Summary {
  /** Medians of each side alone; their quotient may differ a little from the median of the ratios. */
  readonly ours: number;
  readonly reference: number;
  readonly ratio: Spread;
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

/** The values must not be empty. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

export function summarise(rounds: readonly Pair<number>[]): Summary {
  return {
    ours: median(rounds.map(({ ours }) => ours)),
    reference: median(rounds.map(({ reference }) => reference)),
    ratio: spreadOf(rounds.map(({ ours, reference }) => ours / reference)),
  };
}

/** Judges the median, unless the bar says otherwise. What is not a number meets no bar. */
export function compareToBar(spread: Spread, bar: Bar | AbsoluteBar | null): Verdict {
  if (bar === null) return "no_bar";
  const value = spread["on" in bar ? bar.on : "median"];
  const isMet = "atLeast" in bar ? value >= bar.atLeast : value <= bar.atMost;
  return isMet ? "pass" : "fail";
}
