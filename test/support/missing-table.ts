/**
 * A table that is not there for a while: the shortest way to an error of the database itself, on every database.
 */
import type { D1Database } from "@cloudflare/workers-types";

/** Runs `work` meanwhile; the table is back afterwards, whatever happened. */
export async function whileMissing(db: D1Database, table: string, work: () => Promise<void>): Promise<void> {
  const rename = (from: string, to: string) => db.prepare(`alter table "${from}" rename to "${to}"`).run();
  await rename(table, "missing");
  try {
    await work();
  } finally {
    await rename("missing", table);
  }
}
