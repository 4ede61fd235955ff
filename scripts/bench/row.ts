/**
 * What a row of the benchmark is: something of ours and a reference for it, measured by turns in the same run.
 * One file per row in rows/, listed in registry.ts; main.ts runs them and report.ts shows what they found.
 * Invariant: a bar judges the ratio of the two, never a time or a rate, which belong to the machine.
 */
import type { ChildProcesses } from "./child-processes.ts";

/** What is allowed of ours divided by the reference, as the median of all rounds. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One round of each side, one right after the other. */
export interface Pair<Value> {
  readonly ours: Value;
  readonly reference: Value;
}

/** One line of the table. */
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

/**
 * Measures for at most half a minute. Whatever it starts, it starts through `children`, which end with the row. Rejects when
 * the two sides did not do the same work, because a ratio of different things would pass or fail for nothing.
 */
export type MeasureRow = (children: ChildProcesses) => Promise<readonly Comparison[]>;
