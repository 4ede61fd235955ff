/** The log beside the database (the WAL) is cut, emptied or written over while the service runs: pages that are in no file yet are gone. */
import Database from "better-sqlite3";
import {
  mkdtempSync,
  openSync,
  closeSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as states from "../support/database-states.ts";
import { request } from "../support/raw-http.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const LOGGED = "log of the database was cut";
const ALERT =
  "WARNING: Monitoring is degraded - The log of the database (its -wal file) was cut while the service ran; what could still be read was saved";
const STORED = 400;

describe("the log of the database, while the service runs,", () => {
  let folder: string;
  let wal: string;
  let path: string;
  let target: TargetServer;
  let service: ServiceProcess | null = null;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    path = join(folder, "test.db");
    wal = `${path}-wal`;
    target = await startTarget(sendJson(503, {}));
    await states.writeHistory(path, STORED, Date.now() - 60_000);
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
  const run = async (): Promise<ServiceProcess> => {
    const running = await start();
    await expect.poll(() => count(running)).toBeGreaterThan(STORED + 3);
    return running;
  };
  const expectWhole = (): void => {
    const sqlite = new Database(path);
    expect(sqlite.pragma("integrity_check", { simple: true })).toBe("ok");
    sqlite.close();
    expect(readdirSync(folder).toSorted()).toEqual(["cluster.yaml", "test.db"]);
  };
  const writeOver = (offset: number, bytes: Uint8Array): void => {
    const file = openSync(wal, "r+");
    writeSync(file, bytes, 0, bytes.length, offset);
    closeSync(file);
  };

  const CUTS: Record<string, () => void> = {
    emptied: () => truncateSync(wal, 0),
    "cut in half": () => truncateSync(wal, Math.floor(statSync(wal).size / 2)),
    "cut within its last page": () => truncateSync(wal, statSync(wal).size - 100),
    "written over by text": () => writeFileSync(wal, "services:\n".repeat(100)),
    "written over at its beginning": () => writeOver(0, Buffer.alloc(4_096)),
  };
  for (const [how, cut] of Object.entries(CUTS)) {
    it(`is missed at once, and nothing is lost: ${how}`, async () => {
      const running = await run();
      const before = await count(running);
      cut();
      await running.saw(LOGGED);
      await expect.poll(async () => (await request(running.port, "/alerts")).json.alerts).toContain(ALERT);
      await expect.poll(() => count(running)).toBeGreaterThan(before);
      const stored = await count(running);
      expect(await running.stop()).toBe(0);
      expect(running.output().split(LOGGED).length - 1).toBe(1);
      expectWhole();
      expect(await count(await start())).toBeGreaterThanOrEqual(stored);
    });
  }

  it("and is not moved into the database when the service stops at that moment", async () => {
    const running = await run();
    const before = await count(running);
    truncateSync(wal, 0);
    expect(await running.stop()).toBe(0);
    expect(running.output()).toContain(LOGGED);
    expectWhole();
    expect(await count(await start())).toBeGreaterThanOrEqual(before);
  });
});
