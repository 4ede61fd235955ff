/**
 * Database files in every state that a service may find at its start.
 * `writeHistory` makes one with a history as the service leaves it; the others break a file in one certain way.
 */
import Database from "better-sqlite3";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { migrateDatabase, openDatabase } from "../../shared/node/database.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { HOUR } from "./checks.ts";
import { MIGRATIONS } from "./sqlite-database.ts";
import { commitSweeps, steadySweeps } from "./stored-sweeps.ts";

export const PAGE_BYTES = 4096;

/** `count` sweeps up to `untilMs`, half a minute apart, the finished hours archived. */
export async function writeHistory(path: string, count: number, untilMs: number): Promise<void> {
  const sqlite = openDatabase(path);
  // Thousands of commits: what is tested is the file that they leave, not their way to the disk.
  sqlite.pragma("synchronous = OFF");
  migrateDatabase(sqlite, MIGRATIONS);
  const store = createD1Store(sqliteAsD1(sqlite));
  const startMs = untilMs - count * 30_000;
  await commitSweeps(store, steadySweeps(count, startMs), (index) => startMs + index * 30_000);
  await cleanUp(store, untilMs, 365 * 24 * HOUR);
  sqlite.close();
}

/** Another program's database: with its mark in the header, or as most programs leave it, without. */
export function writeForeign(path: string, applicationId: number): void {
  withDatabase(path, (sqlite) => {
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.exec("create table bookmarks (url text); insert into bookmarks values ('http://127.0.0.1/')");
  });
}

/** Ours, and migrated by a version that does not exist yet. */
export function makeNewer(path: string): void {
  withDatabase(path, (sqlite) => {
    sqlite.exec("insert into __drizzle_migrations (hash, created_at) values ('future', 4102444800000)");
  });
}

/** As it was before we marked our files. */
export function removeMark(path: string): void {
  withDatabase(path, (sqlite) => sqlite.pragma("application_id = 0"));
}

export function truncateTo(path: string, share: number): void {
  truncateSync(path, Math.floor(readFileSync(path).length * share));
}

export function overwrite(path: string, offset: number, bytes: Uint8Array): void {
  const content = readFileSync(path);
  content.set(bytes.subarray(0, Math.max(0, content.length - offset)), offset);
  writeFileSync(path, content);
}

/** Zeroes the first page of a table. */
export function destroyTable(path: string, table: string): void {
  let page = 0;
  withDatabase(path, (sqlite) => {
    page = Number(sqlite.prepare("select rootpage from sqlite_schema where name = ?").pluck().get(table));
  });
  overwrite(path, (page - 1) * PAGE_BYTES, new Uint8Array(PAGE_BYTES));
}

export function run(path: string, ...statements: readonly string[]): void {
  withDatabase(path, (sqlite) => {
    for (const sql of statements) sqlite.exec(sql);
  });
}

export function countRows(path: string, table: string): number {
  let rows = 0;
  withDatabase(path, (sqlite) => (rows = Number(sqlite.prepare(`select count(*) from ${table}`).pluck().get())));
  return rows;
}

function withDatabase(path: string, work: (sqlite: Database.Database) => void): void {
  const sqlite = new Database(path);
  try {
    work(sqlite);
  } finally {
    sqlite.close();
  }
}
