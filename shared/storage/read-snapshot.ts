/**
 * Reading the last commit back.
 * Called by d1-store.ts. Invariant: what comes back equals what `write-sweep.ts` stored.
 */
import type { Snapshot } from "../ports/store.ts";
import { withMemories } from "./memories.ts";
import { unpackAlerting } from "./packed-alerting.ts";
import { unpackChecks } from "./packed-check.ts";
import type { snapshot, StoredRow } from "./schema.ts";
import type { StoreContext } from "./store-context.ts";

export async function readSnapshot({ db, rosters, readable }: StoreContext): Promise<Snapshot | null> {
  const row = await db.prepare("select * from snapshot where id = 1").first<StoredRow<typeof snapshot>>();
  if (!row) return null;
  const contentOf = await rosters.load([row.roster_id]);
  const { memories } = row;
  const plain = unpackChecks(row.checks, row.at_ms);
  const place = { table: "snapshot", key: "memories" } as const;
  const checks = (memories !== null && (await readable(place, () => withMemories(plain, memories)))) || plain;
  return {
    generation: row.generation,
    moment: {
      ...contentOf(row.roster_id),
      atMs: row.at_ms,
      startedAtMs: row.started_at_ms,
      localNode: JSON.parse(row.local_node),
      checks: new Map(checks.map((check) => [check.serviceId, check])),
      faults: [],
    },
    body: row.body,
    etag: row.etag,
    staleAtMs: row.stale_at_ms ?? Infinity,
    alerting: unpackAlerting(row.alerting),
  };
}
