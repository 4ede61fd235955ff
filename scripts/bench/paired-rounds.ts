/**
 * Measures two sides by turns: ours, reference, ours, reference, …
 * Every row calls it. Knows nothing of what is measured.
 * Invariant: never both sides at once, and never a side twice in a row, so that drift of the machine hits both alike.
 */
import type { Pair } from "./row.ts";

export interface Turns {
  /** Pairs at the start whose results are dropped: caches are cold and code is not compiled yet. */
  readonly warmUps: number;
  readonly rounds: number;
}

/** Rejects with the first error of a side. */
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
