import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/node/database.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { startOfDay } from "../../shared/domain/text/timestamp.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { check, EVERYTHING, HOUR, T0 } from "../support/checks.ts";
import { fakeService, HEALTHY, HTTP_503 } from "../support/fake-service.ts";
import { findProgram, skipWithout } from "../support/installed.ts";
import { request } from "../support/raw-http.ts";
import { startService } from "../support/service-process.ts";
import { sqliteTestDatabase } from "../support/sqlite-database.ts";
import { commitSweeps, steadySweeps } from "../support/stored-sweeps.ts";
import { sweepBench } from "../support/probe-loop-bench.ts";
import { sendJson, startTarget } from "../support/target-server.ts";

const ALERT = "WARNING: Monitoring is degraded - History is not being saved";
/** Only root may mount. */
const MOUNT = process.getuid?.() === 0 ? findProgram("mount") : null;

const UNLIMITED_PAGES = 1_073_741_823;
const LONG_TEXT = "x".repeat(3_000);

const LONG_FIELDS = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`field_${index}`, "x".repeat(30)]));

/** No page more than there are now: what SQLite then says is what it says of a full disk. */
function fill(sqlite: Database): void {
  sqlite.pragma(`max_page_count = ${String(sqlite.pragma("page_count", { simple: true }))}`);
}

describe("a full disk", () => {
  it("costs history and not sight: one alert, one log line, and recovery without a restart", async () => {
    const details = { fields: LONG_FIELDS };
    const service = fakeService("a", { intervalMs: 1_000 });
    service.response = { ...HEALTHY, details };
    const database = sqliteTestDatabase();
    const bench = sweepBench([service], { database });
    await bench.loop.start();
    await bench.clock.advance(3_000);
    fill(database.sqlite);
    await bench.clock.advance(20_000);
    service.response = { ...HTTP_503, details };
    await bench.clock.advance(3_000);
    const alerts = (): string[] => JSON.parse(bench.commits.at(-1)?.body ?? "{}").alerts;
    expect(alerts()).toEqual(["CRITICAL: Service a is unhealthy - HTTP 503", ALERT]);
    expect(bench.loop.status().storageWorks).toBe(false);
    const own = () => bench.commits.at(-1)?.alerting.subjects.get("#storage")?.alert;
    expect(own()).toMatchObject({ state: "firing", severity: "critical", message: "History is not being saved" });
    // Of the first failure, not of the one that made it a fault.
    expect(bench.commits.at(-1)?.moment.unsaved).toEqual({ sinceMs: T0 + 3_005, cause: "no_room" });
    database.sqlite.pragma(`max_page_count = ${UNLIMITED_PAGES}`);
    service.response = { ...HEALTHY, details };
    await bench.clock.advance(3_000);
    expect(alerts()).toEqual([]);
    expect(own() ?? null).toBeNull();
    const rows = database.sqlite.prepare("select count(*) from alerts where subject = '#storage'").pluck();
    expect(rows.get()).toBe(1);
    expect(bench.loop.status().storageWorks).toBe(true);
    expect(bench.logged.filter((line) => line.startsWith("error"))).toHaveLength(1);
    expect(bench.logged).toContain("info storage works again");
    await bench.close();
    expect(await bench.store.listSamples("a", 0, Number.MAX_SAFE_INTEGER)).toHaveLength(service.asked);
    database.close();
  });

  it("keeps nothing from expiring, and stops archiving without harm until there is room", async () => {
    // Two hours after the end of a day: its hours wait for nothing once it is rolled up.
    const nightMs = startOfDay(T0) + 2 * HOUR;
    const database = sqliteTestDatabase();
    const startMs = nightMs - 5 * HOUR;
    const store = createD1Store(database.db);
    // Half a day before, so that the clock is trusted.
    await commitSweeps(store, steadySweeps(1, nightMs - 10 * HOUR), () => nightMs - 10 * HOUR);
    await commitSweeps(store, steadySweeps(240, startMs), (index) => startMs + index * 60_000);
    await cleanUp(store, nightMs, 365 * 24 * HOUR);
    await rollUpDays(store, Infinity);
    // What does not shrink in a block: the pages that expiry frees are not enough for it.
    const large = Array.from({ length: 30 }, (_, index) => {
      return [check("a", nightMs + index * 60_000, { details: { data: randomBytes(4_000).toString("base64") } })];
    });
    await commitSweeps(store, large, (index) => nightMs + index * 60_000);
    const before = (await store.listSweeps(EVERYTHING)).map(({ atMs }) => atMs);
    const maintenance = openDatabase(database.path);
    const archive = createD1Store(sqliteAsD1(maintenance));
    fill(maintenance);
    const nowMs = nightMs + 3 * HOUR;
    await expect(cleanUp(archive, nowMs, HOUR)).rejects.toThrow(/full/);
    const blocks = maintenance.prepare("select count(*) from hour_blocks").pluck();
    // As many hours as the retention has are kept, whenever they were: one, of two services; the boundary has not moved.
    expect(blocks.get()).toBeLessThanOrEqual(3);
    const kept = before.filter((atMs) => atMs >= nightMs - 2 * HOUR);
    const listed = async () => (await store.listSweeps(EVERYTHING)).map(({ atMs }) => atMs);
    expect(await listed()).toEqual(kept);
    maintenance.pragma(`max_page_count = ${UNLIMITED_PAGES}`);
    await cleanUp(archive, nowMs, 365 * 24 * HOUR);
    expect(await listed()).toEqual(kept);
    expect(maintenance.prepare("select count(*) from sweeps").pluck().get()).toBe(0);
    maintenance.close();
    database.close();
  });

  it("is left by archiving alone as long as the hour fits into what the one before it has freed", async () => {
    const database = sqliteTestDatabase();
    const startMs = T0 - 400 * 60_000;
    const store = createD1Store(database.db);
    await commitSweeps(store, steadySweeps(400, startMs), (index) => startMs + index * 60_000);
    const before = (await store.listSweeps(EVERYTHING)).map(({ atMs }) => atMs);
    fill(database.sqlite);
    expect((await cleanUp(store, T0, 365 * 24 * HOUR)).archivedHours).toBe(6);
    expect((await store.listSweeps(EVERYTHING)).map(({ atMs }) => atMs)).toEqual(before);
    database.close();
  });

  it.skipIf(skipWithout(MOUNT))(
    "of two megabytes is survived by the whole process (needs root and mount)",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "monitoring-"));
      const disk = join(folder, "disk");
      mkdirSync(disk);
      execFileSync(String(MOUNT), ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
      const target = await startTarget(sendJson(200, { status: "healthy", text: LONG_TEXT }));
      const config = JSON.stringify({ services: { a: { url: target.url, critical: true, interval: 1 } } });
      const env = { MONITORING_DB: join(disk, "test.db") };
      const service = await startService({ config, folder, env });
      const { port, saw, output } = service;
      try {
        await request(port, "/cluster_health?fresh=true");
        const { bavail, bsize } = statfsSync(disk);
        writeFileSync(join(disk, "ballast"), new Uint8Array(bavail * bsize));
        await saw("checks are held");
        expect((await request(port, "/health")).status).toBe(503);
        const seen = target.seen;
        while (target.seen === seen) expect((await request(port, "/alerts")).json.alerts).toEqual([ALERT]);
        rmSync(join(disk, "ballast"));
        await saw("storage works again");
        expect((await request(port, "/health")).status).toBe(200);
        expect((await request(port, "/alerts")).json.alerts).toEqual([]);
        expect(output().split("checks are held").length - 1).toBe(1);
      } finally {
        expect(await service.stop()).toBe(0);
        await target.close();
        execFileSync(String(findProgram("umount")), [disk]);
        rmSync(folder, { recursive: true });
      }
    },
  );
});
