/**
 * What a row of the benchmark is: something of ours and a reference for it, measured by turns in the same run; or a figure of
 * ours alone, where a requirement names an amount. They stand in rows/; main.ts lists and runs them, report.ts shows what they found.
 * Invariants: a bar judges a ratio wherever there can be a reference, because times and rates belong to the machine; never are
 * both sides measured at once, nor one twice in a row, so that drift of the machine hits both alike.
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

interface Described {
  /** `requests a second, against raw node:http`. */
  readonly what: string;
  /** Of the values, as it stands behind a number: `ms`. */
  readonly unit: string;
}

/** One line of the table: ours against a reference. A line without a bar is there to explain another one. */
export interface Comparison extends Described {
  readonly bar: Bar | null;
  /** At least one; no value is 0. */
  readonly rounds: readonly Pair<number>[];
}

/** One line of the table: ours alone. For amounts that a requirement names: bytes, or times that it wants whatever the machine. */
export interface AbsoluteFigure extends Described {
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

export interface Turns {
  /** Pairs at the start whose results are dropped: caches are cold and code is not compiled yet. */
  readonly warmUps: number;
  readonly rounds: number;
}

/** Measures two sides by turns. Rejects with the first error of a side. */
export async function pairedRounds<Value>(
  { warmUps, rounds }: Turns,
  sides: { ours(): Promise<Value>; reference(): Promise<Value> },
): Promise<Pair<Value>[]> {
  const pairs: Pair<Value>[] = [];
  for (let turn = 0; turn < warmUps + rounds; turn += 1) {
    const ours = await sides.ours();
    const reference = await sides.reference();
    if (turn >= warmUps) pairs.push({ ours, reference });
  }
  return pairs;
}

/** One figure of what was measured, for a line of its own. */
export function figures<Value>(pairs: readonly Pair<Value>[], pick: (value: Value) => number): Pair<number>[] {
  return pairs.map(({ ours, reference }) => ({ ours: pick(ours), reference: pick(reference) }));
}
