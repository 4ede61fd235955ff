/**
 * A database as the service leaves it after a long time: packed hours, a head of one to two hours, a snapshot.
 * Rows that measure answers from history start the service on it. The service's own store writes and archives lifelike checks;
 * a few different hours of blocks are then repeated by SQL, as a year check by check would take an hour.
 * Invariant: service ids are those of service.ts; the newest sweep is from now, and the newest five minutes are not indexed yet, as just before a cleanup.
 */
import type { Database } from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOUR_MS, startOfHour } from "../../shared/domain/history/hour-block.ts";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import { advanceSince, SINCE_NOTHING } from "../../shared/domain/monitoring/status-since.ts";
import { healthBody } from "../../shared/domain/monitoring/health-document.ts";
import { migrateDatabase, openDatabase } from "../../shared/node/database.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import type { Snapshot, Store } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { packChecks } from "../../shared/storage/packed-check.ts";
import { createRosterTable } from "../../shared/storage/roster-table.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { QUIET } from "../quiet-commit.ts";
import { fillDays, fillTransitions, leaveDay } from "./stored-days.ts";
import { lifelikeHttp, seededRandom, type LifelikeService } from "./lifelike-checks.ts";

export interface HistoryShape {
  readonly serviceCount: number;
  /** Hours in blocks before the head; at least as many as differ. */
  readonly archivedHours: number;
  /** Finished hours in the head that cleanup would archive; default: none. */
  readonly hoursToArchive?: number;
  /** A day that housekeeping would roll up, and nothing of other days; as after an upgrade its hours are of an earlier kind. Default: all are rolled up. */
  readonly dayToRollUp?: "new" | "of an earlier kind";
}

const MIGRATIONS = join(import.meta.dirname, "../../shared/storage/migrations");

const SECOND_MS = 1_000;
const INTERVAL_S = 30;
/** Different hours; the others repeat them. */
const DISTINCT_HOURS = 3;
/** However late in a day they end, there is a whole one in them. */
const HOURS_WITH_A_DAY = 72;
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

/** A year, a check every 30 s. */
export const YEAR_OF_SIX: HistoryShape = { serviceCount: 6, archivedHours: 8_760 };

/** A thousand million checks, 9 GB; written in some three minutes. */
export const YEAR_OF_THOUSAND: HistoryShape = { serviceCount: 1_000, archivedHours: 8_760 };

const files = new Map<HistoryShape, Promise<string>>();

/** Path of a file of that shape. It is written once in a run of the benchmark, and is gone when that ends. */
export function historyFile(shape: HistoryShape): Promise<string> {
  const known = files.get(shape);
  if (known) return known;
  const folder = mkdtempSync(join(tmpdir(), "monitoring-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "history.db");
  const written = writeHistory(path, shape).then(() => path);
  files.set(shape, written);
  return written;
}

/** Writes a new file at `path`: a year of 6 services in a second, one of 1,000 in some three minutes. */
export async function writeHistory(path: string, shape: HistoryShape): Promise<void> {
  const sqlite = newDatabase(path);
  try {
    sqlite.pragma("journal_mode = OFF"); // or a year would stand in the WAL first
    sqlite.pragma(`cache_size = -${CACHE_KIB}`);
    await fill(sqlite, shape);
    sqlite.pragma("journal_mode = WAL");
  } finally {
    sqlite.close();
  }
  await settle(path);
}

/** Waits until a file is on the disk, or the disk would be busy with it while something is measured. */
export async function settle(path: string): Promise<void> {
  const file = await open(path, "r+");
  await file.sync();
  await file.close();
}

async function fill(
  sqlite: Database,
  { serviceCount, archivedHours, hoursToArchive = 0, dayToRollUp }: HistoryShape,
): Promise<void> {
  const nowMs = Date.now();
  const boundaryMs = startOfHour(nowMs) - (1 + hoursToArchive) * HOUR_MS;
  const firstMs = boundaryMs - DISTINCT_HOURS * HOUR_MS;
  const random = seededRandom(1);
  const services = Array.from({ length: serviceCount }, (_, index) =>
    lifelikeHttp(`service_${index}`, random, answerAt),
  );
  const db = sqliteAsD1(sqlite);
  const store = createD1Store(db);
  const roster = services.map(({ id }) => ({ id, name: `Service ${id}`, critical: true, staleAfterMs: 100_000 }));
  const cluster = { ...NODE, startedAtMs: firstMs, roster };
  const last = new Map<string, Check>();
  const probe = (service: LifelikeService, atMs: number): Check => {
    const check = service.check(atMs - LONGEST_CHECK_MS);
    last.set(service.id, check);
    return check;
  };
  const commit = (generation: number, atMs: number): Promise<void> =>
    commitQuietly(store, { generation, moment: { ...cluster, atMs, checks: last } });
  for (const service of services) probe(service, firstMs);
  await commit(0, firstMs); // brings the roster
  const put = sqlite.prepare("insert into sweeps values (?, ?, ?, ?, ?, ?)");
  const common = [firstMs, createRosterTable(db).idOf(cluster).id, JSON.stringify(NODE.localNode)];
  /** A sweep each second, as rows of the head alone: a snapshot with each of them would take an hour. */
  const write = sqlite.transaction((fromMs: number, untilMs: number): void => {
    for (let atMs = fromMs; atMs < untilMs; atMs += SECOND_MS) {
      const second = Math.floor((atMs - firstMs) / SECOND_MS);
      const due = services.filter((_, index) => (second - index) % INTERVAL_S === 0);
      const checks = due.map((service) => probe(service, atMs));
      const keyframe = second % 60 === 0 ? packChecks(last.values(), atMs) : null;
      if (checks.length > 0) put.run(atMs, ...common, packChecks(checks, atMs), keyframe);
    }
  });
  write(firstMs + SECOND_MS, nowMs - NOT_INDEXED_MS);
  await commit(1, nowMs - NOT_INDEXED_MS); // what lies behind the newest commit would be left alone
  await cleanUp(store, boundaryMs + HOUR_MS, RETENTION_MS);
  write(nowMs - NOT_INDEXED_MS, nowMs);
  await commit(2, nowMs);
  const oldestMs = firstMs - (archivedHours - DISTINCT_HOURS) * HOUR_MS;
  // In the order of the key, service after service, or the file would be half empty pages.
  const repeat = hourRepeater(sqlite, firstMs, oldestMs);
  for (const { id } of services) repeat("hour_blocks", `service_id = '${id}'`);
  repeat("hour_sweeps", "true");
  const days = { sqlite, store, serviceIds: services.map(({ id }) => id), oldestMs, newestMs: firstMs };
  if (dayToRollUp !== undefined) leaveDay(days, dayToRollUp === "of an earlier kind");
  else if (archivedHours >= HOURS_WITH_A_DAY) await fillDays(days);
  fillTransitions(days);
  const stored = "(select sum(count) from hour_sweeps) + (select count(*) from sweeps)";
  sqlite.exec(`update snapshot set sweep_count = ${stored}`);
}

/** As the service commits a sweep when nothing is wrong and nobody is to be told. */
export async function commitQuietly(
  store: Store,
  { generation, moment }: Pick<Snapshot, "generation" | "moment">,
  checks: readonly Check[] = [],
): Promise<void> {
  const intervalMs = INTERVAL_S * SECOND_MS;
  const servicesById = new Map(moment.roster.map(({ id }) => [id, { intervalMs }]));
  const since = advanceSince(SINCE_NOTHING, { previous: null, moment, transitions: [] });
  const health = healthBody(moment, {
    generation: generation + 1,
    nowMs: moment.atMs,
    notice: null,
    intervalMs,
    servicesById,
    since,
  });
  const commit = { expectedGeneration: generation, moment, ...health, checks, transitions: [], ...QUIET, since };
  if ((await store.commitSweep(commit)) !== "committed") throw new Error("not committed");
}

const NODE = {
  localNode: { cpuPercent: 12.5, memoryPercent: 34.1, diskPercent: 67.8 },
  degradedThresholdPercent: 70,
  faults: [],
};

/** Something new every ten minutes. */
const answerAt = (atMs: number) => ({ status: "ok", models: MODELS, loaded: Math.floor(atMs / 600_000) });
const MODELS = ["llama3.2:3b", "nomic-embed-text"];

/** From the different hours, which begin at `firstMs`, back to `oldestMs`: everything of a row but its key is relative to its hour. */
const hourRepeater = (sqlite: Database, firstMs: number, oldestMs: number) => (table: string, where: string) => {
  const columns = sqlite.prepare("select name from pragma_table_info(?) where name <> 'hour_ms'").pluck().all(table);
  const copy = sqlite.prepare(
    `insert into ${table} (hour_ms, ${columns.join(", ")}) select value, ${columns.join(", ")}
      from json_each(@copies) cross join ${table} where hour_ms = @hourMs and ${where}`,
  );
  const periodMs = DISTINCT_HOURS * HOUR_MS;
  for (let hourMs = firstMs; hourMs < firstMs + periodMs; hourMs += HOUR_MS) {
    const copies: number[] = [];
    for (let copyMs = hourMs - periodMs; copyMs >= oldestMs; copyMs -= periodMs) copies.push(copyMs);
    copy.run({ hourMs, copies: JSON.stringify(copies.toReversed()) });
  }
};
