/**
 * A month of history in a new database, as the service and its cleanup would have left it.
 * Called by service.ts before the service starts: pages, cursors and spans need something to find.
 * Invariant: what the service is then configured to watch is what the history is about.
 */
import { fileURLToPath } from "node:url";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { HOUR_MS, hourBlocks, hourOf, type HourBlock } from "../../shared/domain/history/hour-block.ts";
import type { Roster } from "../../shared/domain/monitoring/service.ts";
import { migrateDatabase, openDatabase } from "../../shared/node/database.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import type { HeadHour } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { QUIET } from "../quiet-commit.ts";

const MIGRATIONS = fileURLToPath(new URL("../../shared/storage/migrations", import.meta.url));
const STEP_MS = 30_000;
const FAILS_EVERY = 41;

export interface HistoryPlan {
  readonly path: string;
  /** The first one is critical, hence checked twice as often as the others. */
  readonly serviceIds: readonly string[];
  /** Finished hours, as blocks; the one before `untilMs` is left out. */
  readonly hours: number;
  readonly untilMs: number;
}

export async function writeHistory({ path, serviceIds, hours, untilMs }: HistoryPlan): Promise<void> {
  const sqlite = openDatabase(path);
  try {
    sqlite.pragma("synchronous = OFF"); // nobody loses anything if this is interrupted
    migrateDatabase(sqlite, MIGRATIONS);
    const store = createD1Store(sqliteAsD1(sqlite));
    const roster = serviceIds.map((id) => ({
      id,
      name: `Service ${id}`,
      critical: id === serviceIds[0],
      staleAfterMs: 200_000,
    }));
    const firstMs = hourOf(untilMs) - (hours + 1) * HOUR_MS;
    // One commit brings the roster and the snapshot; the rest is written as the hours that cleanup makes of commits.
    const first = momentAt(firstMs - STEP_MS, roster);
    const body = JSON.stringify({ at: first.atMs });
    const state = { moment: first, body, etag: '"first"', staleAtMs: 0 };
    await store.commitSweep({
      expectedGeneration: 0,
      ...state,
      checks: [...first.checks.values()],
      transitions: [],
      ...QUIET,
    });
    for (let hourMs = firstMs; hourMs < firstMs + hours * HOUR_MS; hourMs += HOUR_MS) {
      await store.archiveHour(...hourAt(hourMs, roster));
    }
    await store.deleteArchivedHead();
    sqlite.exec("update snapshot set sweep_count = (select coalesce(sum(count), 0) from hour_sweeps)");
  } finally {
    sqlite.close();
  }
}

function hourAt(hourMs: number, roster: Roster): [HeadHour, HourBlock[]] {
  const sweeps = Array.from({ length: HOUR_MS / STEP_MS }, (_, step) => {
    const moment = momentAt(hourMs + step * STEP_MS, roster);
    const all = [...moment.checks.values()];
    return { moment, checks: step % 2 === 0 ? all : all.slice(0, 1) };
  });
  const checks = sweeps.flatMap((sweep) => sweep.checks);
  return [{ unreadableSweeps: 0, hourMs, keyframe: sweeps[0]?.checks ?? [], sweeps }, hourBlocks(hourMs, checks)];
}

/** A service that is not checked at an odd step has its check of the step before. */
function momentAt(atMs: number, roster: Roster): ClusterMoment {
  const evenMs = Math.floor(atMs / (2 * STEP_MS)) * 2 * STEP_MS;
  const checks = roster.map(({ id }, position): [string, Check] => [
    id,
    checkAt(position === 0 ? atMs : evenMs, id, position),
  ]);
  const localNode = { cpuPercent: 15.2, memoryPercent: 34.1, diskPercent: 67.8 };
  const node = { localNode, degradedThresholdPercent: 70, faults: [] };
  return { atMs, startedAtMs: atMs, roster, checks: new Map(checks), ...node };
}

function checkAt(atMs: number, serviceId: string, position: number): Check {
  const turn = atMs / STEP_MS + position * 7;
  const base = { serviceId, checkedAtMs: atMs - position, responseTimeMs: 20 + (turn % 90) / 10 };
  if (turn % FAILS_EVERY === 0) {
    const fault = { status: "timeout", reason: "deadline_response", message: "Request timed out" } as const;
    return { ...base, ...fault, statusCode: null, details: {} };
  }
  const details = { data: { models: ["llama3.2:3b"], turn: Math.floor(turn / 100) } };
  return { ...base, status: "healthy", reason: null, message: null, statusCode: 200, details };
}
