/**
 * The store over the D1 interface, the same on both hosts.
 * Implements the ports Store and ArchiveStore; hosts hand it their database. Knows no host.
 * Invariant: every method is one batch, or a sequence whose every prefix leaves the database consistent.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { ArchiveStore, Store } from "../ports/store.ts";
import { archiveHour, deleteArchivedHead, deleteBlocksBefore, readOldestHeadHour } from "./archive.ts";
import { archivedMoments, archivedSamples } from "./read-blocks.ts";
import { archivedUntil, headMoments, headPage, headSamples, samplesOf, type SweepRow } from "./read-head.ts";
import { readSnapshot } from "./read-snapshot.ts";
import { createRosterTable } from "./roster-table.ts";
import { writeSweep } from "./write-sweep.ts";

/** The whole database must have been migrated. Holds only caches of immutable rows. */
export function createD1Store(db: D1Database): Store & ArchiveStore {
  const rosters = createRosterTable(db);

  return {
    readSnapshot: () => readSnapshot(db, rosters),
    commitSweep: (commit) => writeSweep(db, rosters, commit),

    async listSweeps(query) {
      const { boundaryMs, rows } = await readWithBoundary<SweepRow & { wanted: number }>(db, headPage(db, query));
      const head = await headMoments(rows, rosters);
      const limit = query.limit - head.length;
      if (limit === 0 || query.sinceMs >= boundaryMs) return head;
      const beforeMs = Math.min(query.beforeMs, boundaryMs);
      return [...head, ...(await archivedMoments(db, rosters, { ...query, beforeMs, limit }))];
    },

    async listSamples(serviceId, sinceMs, untilMs) {
      const { boundaryMs, rows } = await readWithBoundary<SweepRow>(db, headSamples(db, serviceId, sinceMs));
      const archived =
        sinceMs < boundaryMs ? await archivedSamples(db, serviceId, { sinceMs, untilMs, boundaryMs }) : [];
      const samples = [...archived, ...samplesOf(serviceId, rows)];
      return samples
        .filter(({ checkedAtMs }) => checkedAtMs >= sinceMs && checkedAtMs < untilMs)
        .sort((left, right) => left.checkedAtMs - right.checkedAtMs);
    },

    async countSweeps() {
      const row = await db.prepare("select sweep_count from snapshot where id = 1").first<{ sweep_count: number }>();
      return row?.sweep_count ?? 0;
    },

    async ping() {
      await archivedUntil(db).first();
    },

    readOldestHeadHour: (endedByMs) => readOldestHeadHour(db, rosters, endedByMs),
    archiveHour: (hour, blocks) => archiveHour(db, rosters, { hour, blocks }),
    deleteArchivedHead: () => deleteArchivedHead(db),
    deleteBlocksBefore: (beforeMs, keptHours) => deleteBlocksBefore(db, beforeMs, keptHours),

    async newestSweepMs() {
      const row = await db.prepare("select max(at_ms) as at_ms from sweeps").first<{ at_ms: number | null }>();
      return row?.at_ms ?? null;
    },
  };
}

/** Rows of a head statement and the boundary of the tiers, both of the same instant. */
async function readWithBoundary<Row>(
  db: D1Database,
  statement: D1PreparedStatement,
): Promise<{ boundaryMs: number; rows: Row[] }> {
  const [boundary, page] = await db.batch<Row & { archived_until_ms: number }>([archivedUntil(db), statement]);
  return { boundaryMs: boundary?.results[0]?.archived_until_ms ?? 0, rows: page?.results ?? [] };
}
