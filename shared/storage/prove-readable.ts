/**
 * Reads what a start of the service needs, to find out whether the content of a database can be used.
 * Called on Node when the file is opened. Invariant: a handful of rows, however large the database is.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { healthBody } from "../domain/monitoring/health-document.ts";
import type { Snapshot } from "../ports/store.ts";
import { isInstant } from "./checked-value.ts";
import { storedSweep, type SweepRow } from "./read-head.ts";
import { readSnapshot } from "./read-snapshot.ts";
import type { StoredRow, tiers } from "./schema.ts";
import { createStoreContext } from "./store-context.ts";

/** One row from either end of each table: of a table whose pages cannot be found, not even that can be read. */
const PROBES = [
  "select * from sweeps order by at_ms limit 1",
  "select * from sweeps order by at_ms desc limit 1",
  "select * from hour_sweeps order by hour_ms limit 1",
  "select * from hour_sweeps order by hour_ms desc limit 1",
  "select service_id, hour_ms from hour_blocks limit 1",
  "select * from transitions limit 1",
];

/** Rejects with SQLite's error or with what was found wrong. */
export async function proveReadable(db: D1Database): Promise<void> {
  const snapshot = await readSnapshot(createStoreContext(db));
  if (snapshot) assertUsable(snapshot);
  const tier = await db.prepare("select archived_until_ms from tiers where id = 1").first<StoredRow<typeof tiers>>();
  if (!isInstant(tier?.archived_until_ms)) throw new Error("the boundary of the tiers is missing or is not a time");
  const [oldest, newest] = await db.batch<SweepRow>(PROBES.map((sql) => db.prepare(sql)));
  for (const row of [...(oldest?.results ?? []), ...(newest?.results ?? [])]) storedSweep(row);
}

function assertUsable({ generation, moment }: Snapshot): void {
  if (!Number.isSafeInteger(generation) || generation < 1) throw new Error("the snapshot has no generation");
  if (!isInstant(moment.atMs)) throw new Error("the snapshot has no time");
  // What the first commit does with it, and what must not fail there.
  healthBody(moment, { generation, nowMs: moment.atMs, notice: null, intervalMs: 1 });
}
