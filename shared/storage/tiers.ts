/**
 * The boundaries between the tiers, for the SQL of the other files of the store.
 * Invariant: a damaged boundary is known all the same, since the rows that it was moved for are there; the next one that is written
 * replaces it.
 */
import { HOUR_MS } from "../domain/history/hour-block.ts";
import { checkInstant, countIn, LATEST } from "./checked-value.ts";
import type { StoredRow, tiers } from "./schema.ts";
import type { StoreContext } from "./store-context.ts";

/** Time of the newest commit. What lies behind it was written by a clock that was ahead, and is not read before its time comes. */
export const NEWEST = `coalesce((select ${countIn("at_ms", "null")} from snapshot where id = 1), ${LATEST})`;

const stored = (column: string): string => `(select ${countIn(column, "null")} from tiers where id = 1)`;

/** Sweeps before it are read from the blocks. An hour's sweeps are written in the same batch as the boundary behind them. */
export const ARCHIVED_UNTIL = `coalesce(${stored("archived_until_ms")},
  (select max(hour_ms) + ${HOUR_MS} from hour_sweeps where hour_ms <= ${NEWEST}), 0)`;

/** Samples before it are read from the blocks and pieces. The last piece need not be counted: it can be written again. */
export const SAMPLED_UNTIL = `max(${ARCHIVED_UNTIL}, coalesce(${stored("sampled_until_ms")},
  (select max(from_ms) from recent_samples where from_ms <= ${NEWEST}), 0))`;

export const FORGOTTEN_SWEEPS = `coalesce(${stored("forgotten_sweeps")}, 0)`;

/** One row: the boundary, and what is stored. */
export const READ_TIERS = `select ${ARCHIVED_UNTIL} as boundary_ms, tiers.* from (select 1) left join tiers on id = 1`;

export interface TiersRow extends Omit<StoredRow<typeof tiers>, "id"> {
  readonly boundary_ms: number;
}

/** The boundary; tells of what is damaged. */
export async function readBoundary({ readable }: StoreContext, row: TiersRow | undefined): Promise<number> {
  for (const key of ["archived_until_ms", "sampled_until_ms", "forgotten_sweeps"] as const)
    await readable({ table: "tiers", key }, () => checkInstant(row?.[key] ?? -1));
  return row?.boundary_ms ?? 0;
}
