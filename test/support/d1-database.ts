/**
 * A migrated D1 of the real runtime on this machine, for the suites that run on every database.
 * One runtime for a file; `reset` empties it between tests.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestHarness } from "wrangler";
import { QUIET, stage } from "../../scripts/worker/wrangler.ts";

export interface LocalD1 {
  /** A database as it is after migration; whatever was in it before is gone. */
  reset(): Promise<D1Database>;
  close(): Promise<void>;
}

export async function startLocalD1(): Promise<LocalD1> {
  Object.assign(process.env, QUIET);
  const folder = mkdtempSync(join(tmpdir(), "d1-"));
  await stage({ folder, configuration: "{}", variables: {} });
  const harness = createTestHarness({ workers: [{ configPath: join(folder, "wrangler.toml") }] });
  await harness.listen();
  const worker = harness.getWorker();
  await worker.applyD1Migrations("DB");
  const { DB } = (await worker.getEnv()) as { DB: D1Database };
  const migrated = await tableNames(DB);
  return {
    async reset() {
      await empty(DB, migrated);
      return DB;
    },
    async close() {
      await harness.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Ten times as fast as a new runtime. Tables that a test has made go, those of the migrations are as they were. */
async function empty(db: D1Database, migrated: readonly string[]): Promise<void> {
  const names = await tableNames(db);
  await db.batch([
    ...names.map((name) => db.prepare(migrated.includes(name) ? `delete from "${name}"` : `drop table "${name}"`)),
    db.prepare("insert into tiers (id, archived_until_ms) values (1, 0)"),
  ]);
}

async function tableNames(db: D1Database): Promise<string[]> {
  const { results } = await db
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'")
    .all<{ name: string }>();
  return results.map(({ name }) => name).filter((name) => !/^(_cf_|d1_)/.test(name));
}
