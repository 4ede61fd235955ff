import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeHistory } from "../support/database-states.ts";
import { request } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { startTarget, type TargetServer } from "../support/target-server.ts";

/** If each waited for the lock, as SQLite does for 5 s, there would be none or one between two probes, which are a second apart. */
const ANSWERS_BETWEEN_PROBES = 4;

const SQLITE_WAITS_MS = 5_000;

let folder: string;
let target: TargetServer;
let locker: Database.Database;
let service: ServiceProcess | null = null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  await writeHistory(join(folder, "test.db"), 10, Date.now());
  target = await startTarget();
  locker = new Database(join(folder, "test.db"));
});

afterEach(async () => {
  locker.close();
  await service?.stop();
  await target.close();
  rmSync(folder, { recursive: true });
});

async function started(): Promise<ServiceProcess> {
  const config = JSON.stringify({ services: { a: { url: target.url, critical: true, interval: 1 } } });
  service = await startService({ config, folder });
  return service;
}

describe("a database that another program has locked", () => {
  it("stops neither probing nor answering; one alert says so, and nothing is lost when the lock is gone", async () => {
    const { port, saw, output } = await started();
    await request(port, "/cluster_health?fresh=true");
    locker.exec("begin exclusive");
    await saw("checks are held");
    const seen = target.seen;
    let answers = 0;
    while (target.seen < seen + 3) {
      expect((await request(port, "/cluster_health")).status).toBe(200);
      answers += 1;
    }
    expect(answers).toBeGreaterThan(3 * ANSWERS_BETWEEN_PROBES);
    expect((await request(port, "/history?limit=1000")).json.count).toBeGreaterThanOrEqual(10);
    expect((await request(port, "/health")).status).toBe(503);
    const { alerts } = (await request(port, "/alerts")).json;
    expect(alerts).toEqual(["WARNING: Monitoring is degraded - History is not being saved"]);
    locker.exec("commit");
    await saw("storage works again");
    expect((await request(port, "/health")).status).toBe(200);
    expect((await request(port, "/alerts")).json.alerts).toEqual([]);
    expect(output().split('"level":"error"').length - 1).toBe(1);
    const stored = (await request(port, "/history/a")).json.samples.length;
    // Those of the prepared history and of this process; one may be on its way.
    expect(stored).toBeGreaterThanOrEqual(10 + target.seen - 1);
  });

  it("for itself alone from before the start on keeps it from neither starting nor answering, and is told as what it is", async () => {
    // Nobody can even read it.
    locker.pragma("locking_mode = EXCLUSIVE");
    locker.exec("begin exclusive");
    const { port, saw, output } = await started();
    await saw("checks are held");
    const seen = target.seen;
    let answers = 0;
    while (target.seen < seen + 3) {
      expect((await request(port, "/cluster_health")).json.services.a.health.status).toBe("healthy");
      answers += 1;
    }
    expect(answers).toBeGreaterThan(3 * ANSWERS_BETWEEN_PROBES);
    const { status, json } = await request(port, "/health");
    expect(status).toBe(503);
    expect(json.checks).toMatchObject({ scheduler: { status: "ok" }, storage: { status: "failing" } });
    expect(output()).toContain("end the program that keeps it locked");
    const { body: page } = await request(port, "/dashboard");
    expect(page).toContain("another program keeps the database locked. End that program");
    expect(page).not.toContain("was paused or did not run");
    // A busy machine may pause it, too, but not for as long as SQLite waits.
    const pauses = [...output().matchAll(/"monitor was paused","duration_ms":(\d+)/g)].map(([, ms]) => Number(ms));
    expect(pauses.filter((ms) => ms >= SQLITE_WAITS_MS)).toEqual([]);
    locker.exec("commit");
    locker.close();
    await saw("storage works again");
    expect((await request(port, "/health")).status).toBe(200);
    expect((await request(port, "/history/a")).json.samples.length).toBeGreaterThanOrEqual(10 + target.seen - 1);
  });

  it("does not keep the service from starting", async () => {
    locker.exec("begin exclusive");
    const { port, saw } = await started();
    expect((await request(port, "/cluster_health?fresh=true")).json.services.a.health.status).toBe("healthy");
    locker.exec("commit");
    await saw("storage works again");
  });
});
