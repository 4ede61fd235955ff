/**
 * A process that is killed in the middle of its work: what it had told anybody is stored, and the file is whole.
 */
import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { SOAK_LIMIT_MS, times } from "../support/soak.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";

const KILLS = times(4, 100);
const LOCK_MS = 400;

let folder: string;
let target: TargetServer;
let config: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  target = await startTarget();
  const watched = { url: target.url, critical: true, interval: 0.2 };
  config = JSON.stringify({ services: { a: watched, b: watched, c: watched } });
});
afterEach(async () => {
  await target.close();
  rmSync(folder, { recursive: true });
});

async function timesOf({ port }: ServiceProcess): Promise<string[]> {
  const { history } = (await request(port, "/history?limit=1000")).json;
  return history.map((entry: { timestamp: string }) => entry.timestamp);
}

function expectWhole(): void {
  const sqlite = new Database(join(folder, "test.db"));
  expect(sqlite.pragma("integrity_check", { simple: true })).toBe("ok");
  const missing = sqlite.prepare("select sweep_count - (select count(*) from sweeps) from snapshot").pluck();
  expect(missing.get()).toBe(0);
  const doubles = sqlite.prepare("select count(*) - count(distinct service_id || checked_at_ms) from checks").pluck();
  expect(doubles.get()).toBe(0);
  sqlite.close();
}

describe("a service that is killed", () => {
  it(
    "has stored everything that it has shown in its history, and its next life goes on from there",
    async () => {
      let shown: string[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const service = await startService({ config, folder });
        const known = await timesOf(service);
        expect(known).toEqual(expect.arrayContaining(shown));
        // Some commits later, at a moment that nobody chose: an answer has just come.
        for (shown = known; shown.length < known.length + 2;) shown = await timesOf(service);
        service.signal("SIGKILL");
        await service.stop();
        expectWhole();
      }
      const sqlite = new Database(join(folder, "test.db"), { readonly: true });
      const statuses = sqlite.prepare(
        "select distinct to_status from transitions where to_status not in ('healthy', 'unknown')",
      );
      expect(statuses.all()).toEqual([]);
      sqlite.close();
    },
    SOAK_LIMIT_MS,
  );
});

describe("a service that is told to stop while the database is locked", () => {
  it("waits for the lock to go, for a moment, and loses no check", async () => {
    const service = await startService({ config, folder });
    const locker = new Database(join(folder, "test.db"));
    await request(service.port, "/cluster_health?fresh=true");
    locker.exec("begin immediate");
    const seen = target.seen;
    while (target.seen < seen + 3) await request(service.port, "/health");
    service.signal("SIGTERM");
    await service.saw('"message":"stopping"');
    await new Promise((resolve) => setTimeout(resolve, LOCK_MS)); // the lock itself is what is tested
    locker.exec("commit");
    expect(await service.stop()).toBe(0);
    expect(service.output()).toContain('"message":"stopped"');
    expect(service.output()).not.toContain("could not be stored");
    const stored = Number(locker.prepare("select count(*) from checks").pluck().get());
    // One of each service may have been under way.
    expect(target.seen - stored).toBeLessThanOrEqual(3);
    locker.close();
    expectWhole();
  });

  it("ends all the same when the lock stays, and says how much is lost", async () => {
    const service = await startService({ config, folder });
    const locker = new Database(join(folder, "test.db"));
    await request(service.port, "/cluster_health?fresh=true");
    locker.exec("begin immediate");
    const seen = target.seen;
    while (target.seen < seen + 3) await request(service.port, "/health");
    expect(await service.stop()).toBe(0);
    expect(service.output()).toContain("checks could not be stored");
    locker.exec("rollback");
    locker.close();
    expectWhole();
  });
});
