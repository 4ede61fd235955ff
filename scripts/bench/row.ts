/**
 * What a row of the benchmark is: something of ours and a reference for it, measured by turns in the same run; or a figure of
 * ours alone, where a requirement names an amount. One file per row in rows/, listed in registry.ts; main.ts runs them and
 * report.ts shows what they found.
 * Invariant: a bar judges a ratio wherever there can be a reference, because times and rates belong to the machine.
 */
import type { ChildProcesses } from "./child-processes.ts";

/** What is allowed. Of a comparison: of ours divided by the reference, as the median of all rounds. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One round of each side, one right after the other. */
export interface Pair<Value> {
  readonly ours: Value;
  readonly reference: Value;
}

/** What is allowed of the value itself, and of which one when it was measured several times. */
export type AbsoluteBar = Bar & { readonly on: "median" | "max" };

/** One line of the table: ours against a reference. */
export interface Comparison {
  /** What is compared, and with what: `requests a second, against raw node:http`. */
  readonly what: string;
  /** Unit of the values, as it stands behind a number: `ms`. */
  readonly unit: string;
  /** Null when the line is there to explain another one. */
  readonly bar: Bar | null;
  /** At least one; no value is 0. */
  readonly rounds: readonly Pair<number>[];
}

/** One line of the table: ours alone. For amounts that a requirement names: bytes, or times that it wants whatever the machine. */
export interface AbsoluteFigure {
  /** What is measured: `bytes written to disk a check, 100 services`. */
  readonly what: string;
  /** Unit of the values and of the bar, as it stands behind a number: `bytes`. */
  readonly unit: string;
  /** Null when the line is there to explain another one. */
  readonly bar: AbsoluteBar | null;
  /** At least one: each the result of a measurement of its own. */
  readonly values: readonly number[];
}

export type Figure = Comparison | AbsoluteFigure;

/**
 * Measures for half a minute, or for as long as its requirement takes. Whatever it starts, it starts through `children`, which
 * end with the row. Rejects when the two sides did not do the same work, because a ratio of different things would pass or
 * fail for nothing.
 */
export type MeasureRow = (children: ChildProcesses) => Promise<readonly Figure[]>;
