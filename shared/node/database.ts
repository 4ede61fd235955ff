/**
 * The SQLite file of a Node host: opened safely, migrated, tuned.
 * Called by the host and by its maintenance thread; knows no tables. Paths are the host's business.
 * Invariant: SQLite is new enough not to corrupt a WAL when it is reset (fixed in 3.51.3).
 */
import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

const OLDEST_SQLITE = "3.51.3";
const BUSY_TIMEOUT_MS = 5_000;
const WAL_LIMIT_BYTES = 1_000_000;

/** The maintenance thread checkpoints long before this; it is the net for a thread that died. */
const AUTOCHECKPOINT_PAGES = 4_000;

/** Opens (and creates) the database file. Throws when the file cannot be used or SQLite is too old. */
export function openDatabase(path: string): Database.Database {
  mkdirSync(dirname(path), { recursive: true });
  const sqlite = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  assertVersion(sqlite);
  sqlite.pragma("journal_mode = WAL");
  sqlite.pragma("synchronous = FULL");
  sqlite.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  sqlite.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`);
  return sqlite;
}

/** Brings the schema up to date; safe to call at every start. */
export function migrateDatabase(sqlite: Database.Database, migrationsFolder: string): void {
  // A generated table rebuild inside a transaction cannot switch this off itself, and would delete children.
  sqlite.pragma("foreign_keys = OFF");
  migrate(drizzle(sqlite), { migrationsFolder });
}

function assertVersion(sqlite: Database.Database): void {
  const version = String(sqlite.prepare("select sqlite_version()").pluck().get());
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0, leastPatch = 0] = OLDEST_SQLITE.split(".").map(Number);
  const rank = (major * 1000 + minor) * 1000 + patch;
  if (rank < (leastMajor * 1000 + leastMinor) * 1000 + leastPatch) {
    throw new Error(`SQLite ${version} is too old: at least ${OLDEST_SQLITE} is needed`);
  }
}
