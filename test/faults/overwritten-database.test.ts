/**
 * A backup that is copied over the database in place, or put there beside what a killed run has left: the file has other contents under
 * the same name, and our log of pages that are not in it yet must never get into it.
 */
import Database from "better-sqlite3";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as states from "../support/database-states.ts";
import { request } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const LOGGED = "database was deleted or replaced";
const OF_BACKUP = 600;
const OWN = 400;

describe("a backup that is put over the database", () => {
  let written: string;
  let folder: string;
  let path: string;
  let backup: string;
  let target: TargetServer;
  let service: ServiceProcess | null = null;

  beforeAll(async () => {
    written = mkdtempSync(join(tmpdir(), "monitoring-"));
    await states.writeHistory(join(written, "own.db"), OWN, Date.now() - 60_000);
    await states.writeHistory(join(written, "backup.db"), OF_BACKUP, Date.now() - 120_000);
  });
  afterAll(() => rmSync(written, { recursive: true }));
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    path = join(folder, "test.db");
    backup = join(folder, "backup.db");
    target = await startTarget(sendJson(503, {}));
    copyFileSync(join(written, "own.db"), path);
    copyFileSync(join(written, "backup.db"), backup);
  });
  afterEach(async () => {
    await service?.stop();
    service = null;
    await target.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<ServiceProcess> => {
    const config = JSON.stringify({ services: { a: { url: target.url, critical: true, interval: 0.5 } } });
    service = await startService({ config, folder });
    return service;
  };
  const count = async ({ port }: ServiceProcess): Promise<number> =>
    (await request(port, "/history?limit=1")).json.count;
  /** Runs until its own history has grown: there are pages in its log that are not in the file. */
  const run = async (): Promise<ServiceProcess> => {
    const running = await start();
    await expect.poll(() => count(running)).toBeGreaterThan(OWN);
    return running;
  };
  const expectWhole = (): void => {
    const sqlite = new Database(path);
    expect(sqlite.pragma("integrity_check", { simple: true })).toBe("ok");
    sqlite.close();
  };

  it("in place, while the service runs, is noticed, and history goes on with what it holds", async () => {
    const running = await run();
    copyFileSync(backup, path);
    await running.saw(LOGGED);
    await expect.poll(() => count(running)).toBeGreaterThan(OF_BACKUP);
    expect((await request(running.port, "/health")).status).toBe(200);
    expect(await running.stop()).toBe(0);
    expect(running.output().split(LOGGED).length - 1).toBe(1);
    expectWhole();
    expect(readdirSync(folder).toSorted()).toEqual(["backup.db", "cluster.yaml", "test.db"]);
  });

  it("in place, just before the service is stopped, stays as it is, and is what the next start goes on with", async () => {
    const running = await run();
    copyFileSync(backup, path);
    expect(await running.stop()).toBe(0);
    expect(readFileSync(path).equals(readFileSync(backup))).toBe(true);
    const again = await start();
    await expect.poll(() => count(again)).toBeGreaterThan(OF_BACKUP);
    expect(await again.stop()).toBe(0);
    expectWhole();
  });

  for (const [how, put] of Object.entries({ moved: renameSync, copied: copyFileSync })) {
    it(`beside the log of a run that was killed is not mixed with it: ${how}`, async () => {
      const running = await run();
      running.signal("SIGKILL");
      await running.ended();
      put(backup, path);
      const again = await start();
      expect(again.output()).toContain("log of another database");
      await expect.poll(() => count(again)).toBeGreaterThan(OF_BACKUP);
      expect(await again.stop()).toBe(0);
      expectWhole();
      // Nothing is deleted: whoever wants to know what was in it still has it.
      expect(readdirSync(folder).filter((name) => name.startsWith("test.db-wal.left-"))).toHaveLength(1);
    });
  }

  it("by SQLite itself is no other file: it is shown, and nothing is left for it", async () => {
    const running = await run();
    const source = new Database(backup);
    await source.backup(path);
    source.close();
    await expect.poll(() => count(running)).toBeGreaterThan(OF_BACKUP);
    expect(await running.stop()).toBe(0);
    expect(running.output()).not.toContain(LOGGED);
    expectWhole();
  });

  it("that is no database at all is told, and leaves the service with its sight", async () => {
    const running = await run();
    writeFileSync(path, "services:\n".repeat(1_000));
    await running.saw("checks are held");
    expect(running.output()).toContain("this is a text file");
    expect((await request(running.port, "/cluster_health")).status).toBe(200);
    copyFileSync(backup, path);
    await running.saw("storage works again");
    await expect.poll(() => count(running)).toBeGreaterThan(OF_BACKUP);
  });
});
