/**
 * A migrated database of the Node host in a temporary file, behind the D1 facade.
 * The file is real because WAL, locks and a second connection are part of what is tested.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Database } from "better-sqlite3";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrateDatabase, openDatabase } from "../../shared/node/database.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";

export const MIGRATIONS = fileURLToPath(new URL("../../shared/storage/migrations", import.meta.url));

export interface TestDatabase {
  readonly db: D1Database;
  readonly sqlite: Database;
  readonly path: string;
  close(): void;
}

export function sqliteTestDatabase(): TestDatabase {
  const { sqlite, migrate, ...rest } = earlierTestDatabase(0);
  migrate();
  return { ...rest, sqlite, db: sqliteAsD1(sqlite) };
}

/** A database of an earlier version, for tests of migrations: it knows the first `count` of them. */
export function earlierTestDatabase(count: number): Omit<TestDatabase, "db"> & { migrate(): void } {
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  const path = join(folder, "test.db");
  const sqlite = openDatabase(path);
  sqlite.pragma("synchronous = off"); // no test cuts the power: to wait for the disk is most of what some would take
  migrateDatabase(sqlite, firstMigrations(folder, count));
  return {
    sqlite,
    path,
    migrate: () => migrateDatabase(sqlite, MIGRATIONS),
    close() {
      sqlite.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function firstMigrations(folder: string, count: number): string {
  const first = join(folder, "migrations");
  cpSync(MIGRATIONS, first, { recursive: true });
  const journalPath = join(first, "meta", "_journal.json");
  const journal: { entries: unknown[] } = JSON.parse(readFileSync(journalPath, "utf8"));
  writeFileSync(journalPath, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return first;
}
