/**
 * A migrated database of the Node host in a temporary file, behind the D1 facade.
 * The file is real because WAL, locks and a second connection are part of what is tested.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Database } from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
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
  const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  const path = join(folder, "test.db");
  const sqlite = openDatabase(path);
  migrateDatabase(sqlite, MIGRATIONS);
  return {
    db: sqliteAsD1(sqlite),
    sqlite,
    path,
    close() {
      sqlite.close();
      rmSync(folder, { recursive: true });
    },
  };
}
