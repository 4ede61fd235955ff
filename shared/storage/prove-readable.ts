/**
 * Reads what a start of the service needs, to find out whether the structure of a database can be used: a damaged value is the
 * business of who reads it.
 * Called on Node when the file is opened. Invariant: a handful of rows, however large the database is.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { readSnapshot } from "./read-snapshot.ts";
import { createStoreContext } from "./store-context.ts";

/** One row from either end of each table: of a table whose pages cannot be found, not even that can be read. */
const PROBES = [
  "select * from tiers",
  "select * from sweeps order by at_ms limit 1",
  "select * from sweeps order by at_ms desc limit 1",
  "select * from hour_sweeps order by hour_ms limit 1",
  "select * from hour_sweeps order by hour_ms desc limit 1",
  "select service_id, hour_ms from hour_blocks limit 1",
  "select * from transitions limit 1",
];

/** Rejects with SQLite's error. */
export async function proveReadable(db: D1Database): Promise<void> {
  await readSnapshot(createStoreContext(db));
  await db.batch(PROBES.map((sql) => db.prepare(sql)));
}
