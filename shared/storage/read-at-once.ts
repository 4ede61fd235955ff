/**
 * Several reads at one instant, as one batch: D1's own types know one row type a batch, and statements differ.
 * Used by the readers of tiers. Invariant: the caller names the row type of each statement, in their order.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";

type Each<Rows extends readonly unknown[], Item> = { [Index in keyof Rows]: Item };
type Lists<Rows extends readonly unknown[]> = { [Index in keyof Rows]: readonly Rows[Index][] };

export async function readAtOnce<Rows extends readonly unknown[]>(
  db: D1Database,
  statements: Each<Rows, D1PreparedStatement>,
): Promise<Lists<Rows>> {
  const lists = await db.batch([...statements]);
  return lists.map(({ results }) => results) as Lists<Rows>;
}
