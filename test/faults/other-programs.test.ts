/** Other programs look into the database while the service runs: a backup, the sqlite3 shell, a script. */
import Database from "better-sqlite3";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

/** Longer than it takes to look at the files several times, and to start the job thread. */
const LOOKED_AFTER_S = 4;

describe("another program that looks into the database", () => {
  let folder: string;
  let path: string;
  let target: TargetServer;
  let service: ServiceProcess | null = null;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    path = join(folder, "test.db");
    target = await startTarget(sendJson(200, {}));
  });
  afterEach(async () => {
    await service?.stop();
    service = null;
    await target.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<ServiceProcess> => {
    const config = JSON.stringify({ services: { a: { url: target.url, critical: true, interval: 0.2 } } });
    const running = await startService({ config, folder });
    service = running;
    await expect.poll(async () => (await stats(running)).monitoring_uptime).toBeGreaterThan(LOOKED_AFTER_S);
    return running;
  };
  const stats = async ({ port }: ServiceProcess) => (await request(port, "/stats")).json;
  const countSweeps = (): number => {
    const sqlite = new Database(path);
    try {
      return Number(sqlite.prepare("select count(*) from sweeps").pluck().get());
    } finally {
      sqlite.close();
    }
  };
  /** https://man7.org/linux/man-pages/man5/proc_locks.5.html */
  const lockedInodes = (): string[] =>
    readFileSync("/proc/locks", "utf8")
      .split("\n")
      .flatMap((line) => /POSIX .+ [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line)?.[1] ?? []);

  it("finds its files locked by the service, long after the start", async () => {
    await start();
    for (const file of [path, `${path}-shm`]) expect(lockedInodes()).toContain(String(statSync(file).ino));
  });

  it("sees what is stored and harms nothing, however often it opens and closes it", async () => {
    const running = await start();
    for (let times = 0; times < 4; times += 1) {
      const before = countSweeps();
      expect(before).toBeGreaterThan(0);
      await expect.poll(countSweeps).toBeGreaterThan(before);
    }
    expect((await request(running.port, "/health")).json.status).toBe("healthy");
    expect(await running.stop()).toBe(0);
    const sqlite = new Database(path, { readonly: true });
    expect(sqlite.pragma("integrity_check", { simple: true })).toBe("ok");
    sqlite.close();
  });
});
