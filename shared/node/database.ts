/**
 * A connection to the SQLite file of the service on Node, tuned, and the schema brought up to date.
 * Called by database-file.ts, by the job thread and by tests; knows no tables. Paths are the runtime's business.
 * Invariant: SQLite is new enough not to corrupt a WAL when it is reset (fixed in 3.51.3).
 */
import Database from "better-sqlite3";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { markFirst } from "./database-mark.ts";

const OLDEST_SQLITE = "3.51.3";

/** Says whose file this is in SQLite's own header ("LGMo"), so that the file of another program is never written to. */
export const APPLICATION_ID = 0x4c474d6f;

/** For threads that may wait. better-sqlite3 waits by blocking its thread. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * For the thread that probes and answers. What finds the database locked is held, or tried again a second later, so nothing is gained by
 * waiting longer than a healthy writer needs.
 */
export const MAIN_THREAD_BUSY_TIMEOUT_MS = 100;
const WAL_LIMIT_BYTES = 1_000_000;

/** The job thread checkpoints long before this; it is the net for a thread that died. */
const AUTOCHECKPOINT_PAGES = 4_000;

/**
 * For each of our two connections; better-sqlite3 is built with 16 MB. What is asked for again and again is a few pages, and
 * the rest is in the system's own cache.
 */
const CACHE_KIB = 2_000;

/** drizzle's own table, so that its tools go on working on our files. */
const CREATE_MIGRATIONS = `create table if not exists __drizzle_migrations
  (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`;

interface Opening {
  /** No other connection can use the file: what they would share is kept in memory instead of on the disk. Default: false. */
  readonly isAlone?: boolean;
  /** How long to wait for a lock, in ms. Default: as long as a thread may that does nothing else. */
  readonly waitMs?: number;
}

/** Opens (and creates) the database file. Throws when the file cannot be used or SQLite is too old. */
export function openDatabase(
  path: string,
  { isAlone = false, waitMs = BUSY_TIMEOUT_MS }: Opening = {},
): Database.Database {
  mkdirSync(dirname(path), { recursive: true });
  const sqlite = new Database(path, { timeout: waitMs });
  try {
    if (isAlone) sqlite.pragma("locking_mode = EXCLUSIVE");
    tune(sqlite);
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/**
 * Brings the schema up to date, all or nothing; safe to call at every start and in two processes at once, which drizzle's
 * own function is not: it looks before it locks.
 */
export function migrateDatabase(sqlite: Database.Database, migrationsFolder: string): void {
  const migrations = readMigrationFiles({ migrationsFolder });
  if (migrations.every(({ folderMillis }) => appliedMigrations(sqlite).has(folderMillis))) return;
  // A generated table rebuild inside a transaction cannot switch this off itself, and would delete children.
  sqlite.pragma("foreign_keys = OFF");
  const apply = sqlite.transaction(() => {
    sqlite.exec(CREATE_MIGRATIONS);
    const applied = appliedMigrations(sqlite);
    const record = sqlite.prepare("insert into __drizzle_migrations (hash, created_at) values (?, ?)");
    for (const { sql, hash, folderMillis } of migrations) {
      if (applied.has(folderMillis)) continue;
      for (const statement of sql) sqlite.exec(statement);
      record.run(hash, folderMillis);
    }
  });
  apply.immediate();
}

/** The migrations that a database has seen, by the time at which they were written; none for one that is new. */
export function appliedMigrations(sqlite: Database.Database): ReadonlySet<number> {
  if (!tableNames(sqlite).has("__drizzle_migrations")) return new Set();
  return new Set(sqlite.prepare("select created_at from __drizzle_migrations").pluck().all().map(Number));
}

export function tableNames(sqlite: Database.Database): ReadonlySet<string> {
  return new Set(sqlite.prepare<[], string>("select name from sqlite_schema where type = 'table'").pluck().all());
}

/** True for a connection that was opened so. */
export function isExclusive(sqlite: Database.Database): boolean {
  return sqlite.pragma("locking_mode", { simple: true }) === "exclusive";
}

function tune(sqlite: Database.Database): void {
  assertVersion(sqlite);
  // Before WAL is switched on, so that the marks stand in the file itself from its first page on.
  if (sqlite.pragma("application_id", { simple: true }) !== APPLICATION_ID) {
    sqlite.pragma(`application_id = ${APPLICATION_ID}`);
    markFirst(sqlite);
  }
  sqlite.pragma("journal_mode = WAL");
  sqlite.pragma("synchronous = FULL");
  sqlite.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  sqlite.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`);
  sqlite.pragma(`cache_size = -${CACHE_KIB}`);
}

/** `3.51.3` → 3051003, as SQLite numbers itself. A collation would load ICU, 20 ms of every start. */
function rank(version: string): number {
  return version.split(".").reduce((sum, part) => sum * 1_000 + Number(part), 0);
}

function assertVersion(sqlite: Database.Database): void {
  const version = String(sqlite.prepare("select sqlite_version()").pluck().get());
  if (rank(version) < rank(OLDEST_SQLITE)) {
    throw new Error(`SQLite ${version} is too old: at least ${OLDEST_SQLITE} is needed`);
  }
}
