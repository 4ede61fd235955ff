import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { migrateDatabase, openDatabase } from "../../../shared/node/database.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { check, HOUR, moment, rosterEntry } from "../../support/checks.ts";
import { request } from "../../support/raw-http.ts";
import { startService } from "../../support/service-process.ts";
import { MIGRATIONS } from "../../support/sqlite-database.ts";
import { startTarget } from "../../support/target-server.ts";
import { QUIET } from "../../../scripts/quiet-commit.ts";

/** A database as this service would have left it five hours ago: 200 sweeps, one a minute. */
async function oldDatabase(path: string): Promise<void> {
  const sqlite = openDatabase(path);
  migrateDatabase(sqlite, MIGRATIONS);
  const store = createD1Store(sqliteAsD1(sqlite));
  const roster = [rosterEntry("a")];
  const startMs = Date.now() - 5 * HOUR;
  for (let index = 0; index < 200; index += 1) {
    const atMs = startMs + index * 60_000;
    const checks = [check("a", atMs - 10)];
    const commit = {
      expectedGeneration: index,
      moment: moment(atMs, checks, { roster }),
      checks,
      transitions: [],
      ...QUIET,
    };
    await store.commitSweep({ ...commit, body: "{}", etag: `"${index}"`, staleAtMs: Infinity });
  }
  sqlite.close();
}

describe("housekeeping thread", () => {
  it("archives finished hours while the service runs, and readers see every sweep as before", async () => {
    const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    const path = join(folder, "test.db");
    await oldDatabase(path);
    const target = await startTarget();
    const config = JSON.stringify({ intervals: { cleanup: 1 }, services: { a: { url: target.url, critical: true } } });
    const service = await startService({ config, folder });
    try {
      const query = `/history?limit=1000&until=${new Date(Date.now() - HOUR).toISOString()}`;
      const before = (await request(service.port, query)).json;
      expect(before.history).toHaveLength(200);
      await service.saw("hours archived");
      expect((await request(service.port, query)).json.history).toEqual(before.history);
      const samples = (await request(service.port, "/history/a")).json.samples;
      expect(samples.length).toBeGreaterThanOrEqual(200);
      expect((await request(service.port, "/health")).status).toBe(200);
    } finally {
      await service.stop();
      await target.close();
    }
    const sqlite = openDatabase(path);
    const blocks = sqlite.prepare("select count(*) from hour_blocks").pluck().get();
    expect(blocks).toBeGreaterThanOrEqual(3);
    sqlite.close();
    rmSync(folder, { recursive: true });
  });
});
