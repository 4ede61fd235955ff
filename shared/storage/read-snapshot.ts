/**
 * Reading the last commit back.
 * Called by d1-store.ts. Invariant: what comes back equals what `write-sweep.ts` stored.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Snapshot } from "../ports/store.ts";
import { unpackAlerting } from "./packed-alerting.ts";
import { unpackChecks } from "./packed-check.ts";
import type { RosterTable } from "./roster-table.ts";
import type { snapshot, StoredRow } from "./schema.ts";

export async function readSnapshot(db: D1Database, rosters: RosterTable): Promise<Snapshot | null> {
  const row = await db.prepare("select * from snapshot where id = 1").first<StoredRow<typeof snapshot>>();
  if (!row) return null;
  const contentOf = await rosters.load([row.roster_id]);
  const checks = unpackChecks(row.checks, row.at_ms);
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
