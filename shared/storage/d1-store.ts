/**
 * The store over the D1 interface, the same on both runtimes.
 * Implements the ports Store and ArchiveStore. Knows no runtime.
 * Invariant: every method is one batch, or a sequence whose every prefix leaves the database consistent.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { checksOfSeries } from "../domain/history/sample-series.ts";
import type { ClusterMoment } from "../domain/monitoring/cluster-state.ts";
import { LATEST_MS } from "../domain/text/timestamp.ts";
import type { ArchiveStore, Store, SweepQuery } from "../ports/store.ts";
import { archiveHour, readOldestHeadHour } from "./archive.ts";
import { oldestStaleDayMs } from "./day-rollups.ts";
import { deleteArchivedHead, deleteBlocksBefore } from "./forget.ts";
import { readBaselines, writeBaseline } from "./memories.ts";
import { archivedMoments } from "./read-blocks.ts";
import { readHeadPiece } from "./read-head.ts";
import { readRollups } from "./read-rollups.ts";
import { readSamples } from "./read-samples.ts";
import { readSnapshot } from "./read-snapshot.ts";
import { addRecentSamples } from "./recent-samples.ts";
import { rollUpNextDay } from "./roll-up.ts";
import { createStoreContext, type StoreContext, type StoreOptions } from "./store-context.ts";
import { FORGOTTEN_SWEEPS, NEWEST } from "./tiers.ts";
import { SWEEP_COUNT, writeSweep } from "./write-sweep.ts";

const NEWEST_SWEEP = `select max(at_ms) as at_ms from (
    select max(at_ms) as at_ms from sweeps where at_ms <= min(?1, ${NEWEST})
    union all
    select max(hour_ms) from hour_sweeps where hour_ms <= min(?1, ${NEWEST}))`;

/** The whole database must have been migrated. Holds only caches of immutable rows. */
export function createD1Store(db: D1Database, options: StoreOptions = {}): Store & ArchiveStore {
  const context = createStoreContext(db, options);
  const { rosters } = context;

  return {
    readSnapshot: () => readSnapshot(context),
    commitSweep: (commit) => writeSweep(db, rosters, commit),

    listSweeps: (query) => listSweeps(context, query),
    readSamples: (serviceId, sinceMs, untilMs) => readSamples(context, serviceId, { sinceMs, untilMs }),
    async listSamples(serviceId, sinceMs, untilMs) {
      return checksOfSeries(serviceId, await readSamples(context, serviceId, { sinceMs, untilMs }));
    },

    readRollups: (query) => readRollups(context, query),

    async countSweeps() {
      const row = await db
        .prepare(`select ${SWEEP_COUNT} - ${FORGOTTEN_SWEEPS} as count from snapshot where id = 1`)
        .first<{ count: number }>();
      return Math.max(0, row?.count ?? 0);
    },

    readBaselines: () => readBaselines(context),
    writeBaseline: (serviceId, baseline) => writeBaseline(db, serviceId, baseline),

    async ping() {
      await db.prepare("select archived_until_ms from tiers where id = 1").first();
    },

    addRecentSamples: () => addRecentSamples(db),
    readOldestHeadHour: (endedByMs) => readOldestHeadHour(context, endedByMs),
    archiveHour: (hour, blocks) => archiveHour(context, hour, blocks),
    deleteArchivedHead: () => deleteArchivedHead(db),
    deleteBlocksBefore: (beforeMs, keptHours) => deleteBlocksBefore(context, beforeMs, keptHours),

    rollUpNextDay: (most) => rollUpNextDay(context, most),
    oldestStaleDayMs: () => oldestStaleDayMs(db),

    newestSweepMs: (untilMs) => db.prepare(NEWEST_SWEEP).bind(untilMs).first<number>("at_ms"),
  };
}

/**
 * A page of both tiers. Whatever cleanup moves meanwhile, no sweep is missed or seen twice: a piece of the head is read together with
 * the boundary, and the blocks are read from where the head ended.
 */
async function listSweeps(context: StoreContext, query: SweepQuery): Promise<ClusterMoment[]> {
  const found: ClusterMoment[] = [];
  // No sweep of ours is later.
  let beforeMs = Math.min(query.beforeMs, LATEST_MS + 1);
  for (;;) {
    const piece = await readHeadPiece(context, { ...query, beforeMs, limit: query.limit - found.length });
    found.push(...piece.moments);
    const limit = query.limit - found.length;
    if (limit === 0 || (piece.isLast && query.sinceMs >= piece.boundaryMs)) return found;
    beforeMs = piece.positionMs;
    if (!piece.isLast) continue;
    const archived = { ...query, beforeMs: Math.min(beforeMs, piece.boundaryMs), limit };
    return [...found, ...(await archivedMoments(context, archived))];
  }
}
