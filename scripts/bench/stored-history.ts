/**
 * A database as the service leaves it after a long time: packed hours, a head of one to two hours, a snapshot.
 * Rows that measure answers from history start the service on it. The service's own store writes and archives lifelike checks;
 * a few different hours of blocks are then repeated by SQL, as a year check by check would take an hour.
 * Invariant: service ids are those of service.ts; the newest sweep is from now, and the newest five minutes are not indexed yet, as just before a cleanup.
 */
import type { Database } from "better-sqlite3";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { HOUR_MS, startOfHour } from "../../shared/domain/history/hour-block.ts";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import { healthBody } from "../../shared/domain/monitoring/health-document.ts";
import { migrateDatabase, openDatabase } from "../../shared/node/database.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { packChecks } from "../../shared/storage/packed-check.ts";
import { createRosterTable } from "../../shared/storage/roster-table.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { QUIET } from "../quiet-commit.ts";
import { lifelikeHttp, seededRandom, type LifelikeService } from "./lifelike-checks.ts";

export interface HistoryShape {
  readonly serviceCount: number;
  /** Hours in blocks before the head; at least as many as differ. */
  readonly archivedHours: number;
  /** Finished hours in the head that cleanup would archive; default: none. */
  readonly hoursToArchive?: number;
}

const MIGRATIONS = join(import.meta.dirname, "../../shared/storage/migrations");

const SECOND_MS = 1_000;
const INTERVAL_S = 30;
/** Different hours; the others repeat them. */
const DISTINCT_HOURS = 3;
/** Cleanup runs this often. */
const NOT_INDEXED_MS = 300_000;
const LONGEST_CHECK_MS = 2_000;
const RETENTION_MS = 366 * 24 * HOUR_MS;
/** More than a year of one service. */
const CACHE_KIB = 64_000;

/** A new database at `path` that is quick to fill: nobody loses anything if this is interrupted. */
export function newDatabase(path: string): Database {
  const sqlite = openDatabase(path);
  sqlite.pragma("synchronous = OFF");
  migrateDatabase(sqlite, MIGRATIONS);
  return sqlite;
}

/** Writes a new file at `path`: a year of 6 services in a second, one of 1,000 in some three minutes. */
export async function writeHistory(
  path: string,
  { serviceCount, archivedHours, hoursToArchive = 0 }: HistoryShape,
): Promise<void> {
  const sqlite = newDatabase(path);
  try {
    sqlite.pragma("journal_mode = OFF"); // or a year would stand in the WAL first
    sqlite.pragma(`cache_size = -${CACHE_KIB}`);
    const nowMs = Date.now();
    const boundaryMs = startOfHour(nowMs) - (1 + hoursToArchive) * HOUR_MS;
    const firstMs = boundaryMs - DISTINCT_HOURS * HOUR_MS;
    const ids = Array.from({ length: serviceCount }, (_, index) => `service_${index}`);
    const history = historyOf(sqlite, ids, firstMs);
    await history.commit(firstMs); // brings the roster
    history.write(firstMs + SECOND_MS, nowMs - NOT_INDEXED_MS);
    await cleanUp(history.store, boundaryMs + HOUR_MS, RETENTION_MS);
    history.write(nowMs - NOT_INDEXED_MS, nowMs);
    await history.commit(nowMs);
    const repeated = { firstMs, hours: archivedHours - DISTINCT_HOURS };
    // In the order of the key, service after service, or the file would be half empty pages.
    for (const id of ids) repeatHours(sqlite, "hour_blocks", { ...repeated, where: `service_id = '${id}'` });
    repeatHours(sqlite, "hour_sweeps", { ...repeated, where: "true" });
    const stored = "(select sum(count) from hour_sweeps) + (select count(*) from sweeps)";
    sqlite.exec(`update snapshot set sweep_count = ${stored}`);
    sqlite.pragma("journal_mode = WAL");
  } finally {
    sqlite.close();
  }
  // Or the disk would be busy with it while the service is measured.
  const file = await open(path, "r+");
  await file.sync();
  await file.close();
}

/** Every service is checked once in half a minute. */
function historyOf(sqlite: Database, ids: readonly string[], startedAtMs: number) {
  const db = sqliteAsD1(sqlite);
  const store = createD1Store(db);
  const random = seededRandom(1);
  const services = ids.map((id) => lifelikeHttp(id, random, answerAt));
  const cluster = { ...NODE, startedAtMs, roster: ids.map(rosterEntry) };
  const last = new Map<string, Check>();
  const probe = (which: readonly LifelikeService[], atMs: number): Check[] => {
    const checks = which.map((service) => service.check(atMs - LONGEST_CHECK_MS));
    for (const check of checks) last.set(check.serviceId, check);
    return checks;
  };
  probe(services, startedAtMs);
  let generation = 0;
  /** A sweep as the service commits it, in which no check has ended. */
  const commit = async (atMs: number): Promise<void> => {
    const moment = { ...cluster, atMs, checks: last };
    const health = healthBody(moment, { generation: generation + 1, nowMs: atMs, notice: null, intervalMs: 30_000 });
    const sweep = { expectedGeneration: generation, moment, ...health, checks: [], transitions: [], ...QUIET };
    if ((await store.commitSweep(sweep)) !== "committed") throw new Error("not committed");
    generation += 1;
  };
  const put = sqlite.prepare("insert into sweeps values (?, ?, ?, ?, ?, ?)");
  /** A sweep each second, as rows of the head alone: a snapshot with each of them would take an hour. */
  const write = (fromMs: number, untilMs: number): void => {
    const common = [startedAtMs, createRosterTable(db).idOf(cluster).id, JSON.stringify(NODE.localNode)];
    for (let atMs = fromMs; atMs < untilMs; atMs += SECOND_MS) {
      const second = Math.floor((atMs - startedAtMs) / SECOND_MS);
      const checks = probe(
        services.filter((_, index) => (second - index) % INTERVAL_S === 0),
        atMs,
      );
      const keyframe = second % 60 === 0 ? packChecks(last.values(), atMs) : null;
      if (checks.length > 0) put.run(atMs, ...common, packChecks(checks, atMs), keyframe);
    }
  };
  return { store, commit, write: sqlite.transaction(write) };
}

const NODE = {
  localNode: { cpuPercent: 12.5, memoryPercent: 34.1, diskPercent: 67.8 },
  degradedThresholdPercent: 70,
  faults: [],
};

/** Something new every ten minutes. */
const answerAt = (atMs: number) => ({ status: "ok", models: MODELS, loaded: Math.floor(atMs / 600_000) });
const MODELS = ["llama3.2:3b", "nomic-embed-text"];

const rosterEntry = (id: string) => ({ id, name: `Service ${id}`, critical: true, staleAfterMs: 100_000 });

interface Repetition {
  /** The first of the different hours. */
  readonly firstMs: number;
  /** So many before it are to be filled. */
  readonly hours: number;
  /** Which rows of an hour. */
  readonly where: string;
}

/** Everything of a row but its key is relative to its hour. */
function repeatHours(sqlite: Database, table: string, { firstMs, hours, where }: Repetition): void {
  const columns = sqlite.prepare("select name from pragma_table_info(?) where name <> 'hour_ms'").pluck().all(table);
  const copy = sqlite.prepare(
    `insert into ${table} (hour_ms, ${columns.join(", ")}) select value, ${columns.join(", ")}
      from json_each(@copies) cross join ${table} where hour_ms = @hourMs and ${where}`,
  );
  for (let distinct = 0; distinct < DISTINCT_HOURS; distinct += 1) {
    const copies: number[] = [];
    for (let back = DISTINCT_HOURS - distinct; back <= hours; back += DISTINCT_HOURS)
      copies.push(firstMs - back * HOUR_MS);
    copy.run({ hourMs: firstMs + distinct * HOUR_MS, copies: JSON.stringify(copies.toReversed()) });
  }
}
