/**
 * The rows of one statement of a batch: D1's types know one row type a batch, and statements differ.
 * Used by readers that ask several things at one instant. Invariant: the caller names the row type of its own SQL.
 */
import type { D1Result } from "@cloudflare/workers-types";

/** Empty when the batch has no such result. */
export function batchRows<Row>(result: D1Result | undefined): readonly Row[] {
  return (result?.results ?? []) as Row[];
}
