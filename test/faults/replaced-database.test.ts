/** A database whose file is taken away from the running service: what its name stands for then counts, after the checks of a start. */
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as states from "../support/database-states.ts";
import { request } from "../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { parseWebhook, standardWebhooksFormat } from "../support/receivers/standard-webhooks-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const REPLACED_ALERT =
  "WARNING: Monitoring is degraded - The database was deleted or replaced while the service ran; history goes on in the file that is there now";
const HISTORY_ALERT = "WARNING: Monitoring is degraded - History is not being saved";
const LOGGED = "database was deleted or replaced";
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const OF_BACKUP = 200;

describe("a database file, while the service runs,", () => {
  let folder: string;
  let path: string;
  let target: TargetServer;
  let hook: HttpReceiver;
  let service: ServiceProcess | null = null;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    path = join(folder, "test.db");
    target = await startTarget(sendJson(503, {}));
    hook = await startHttpReceiver(standardWebhooksFormat("/hook", SECRET));
  });
  afterEach(async () => {
    await service?.stop();
    service = null;
    await Promise.all([target.close(), hook.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const told = (): string[] => hook.messages.map(({ body }) => parseWebhook(body).type);
  const start = async (): Promise<ServiceProcess> => {
    const channel = { type: "webhook", url: `http://127.0.0.1:${hook.port}/hook`, secret: "${HOOK_SECRET}" };
    const services = { a: { url: target.url, critical: true, interval: 0.5 } };
    const config = JSON.stringify({ services, alerting: { channels: { hook: channel } } });
    service = await startService({ config, folder, env: { HOOK_SECRET: SECRET } });
    return service;
  };
  const count = async ({ port }: ServiceProcess): Promise<number> =>
    (await request(port, "/history?limit=1")).json.count;
  const alerts = async ({ port }: ServiceProcess): Promise<string[]> => (await request(port, "/alerts")).json.alerts;

  const GONE: Record<string, () => void> = {
    "with all that belongs to it": () => {
      for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
    },
    "and its log is left": () => rmSync(path),
    "by another name": () => renameSync(path, `${path}.old`),
    "for a file that is none": () => {
      rmSync(path);
      writeFileSync(path, new Uint8Array(1_000).fill(0xff));
    },
  };
  for (const [name, take] of Object.entries(GONE)) {
    it(`that is taken away is told, and history goes on in a new one, with nothing told again: ${name}`, async () => {
      const running = await start();
      await expect.poll(told).toEqual(["alert.firing"]);
      take();
      await running.saw(LOGGED);
      await expect.poll(() => alerts(running)).toContain(REPLACED_ALERT);
      await expect.poll(() => count(running)).toBeGreaterThan(0);
      const page = (await request(running.port, "/dashboard")).body.replaceAll(/<[^>]+>/g, "");
      expect(page).toMatch(/in the file that is there now\. Noticed at [\d:]{8} UTC\. Find out what moves or deletes/);
      target.response = sendJson(200, {});
      await expect.poll(told).toEqual(["alert.firing", "alert.resolved"]);
      expect((await request(running.port, "/health")).status).toBe(200);
      const stored = await count(running);
      expect(await running.stop()).toBe(0);
      expect(states.countRows(path, "sweeps")).toBeGreaterThanOrEqual(stored);
      expect(running.output().split(LOGGED).length - 1).toBe(1);
    });
  }

  it("that is replaced by a backup shows what that holds, and goes on with it", async () => {
    const backup = join(folder, "backup.db");
    await states.writeHistory(backup, OF_BACKUP, Date.now() - 60_000);
    const running = await start();
    await expect.poll(told).toEqual(["alert.firing"]);
    renameSync(backup, path);
    await running.saw(LOGGED);
    await expect.poll(() => count(running)).toBeGreaterThan(OF_BACKUP);
    expect(await alerts(running)).toContain(REPLACED_ALERT);
  });

  it.each([
    ["the database of another program", (other: string) => states.writeForeign(other, 0)],
    ["a text file", (other: string) => writeFileSync(other, "services:\n".repeat(100))],
  ])("that is replaced by %s leaves it alone, until ours is back", async (what, write) => {
    const [own, foreign] = [join(folder, "own.db"), join(folder, "foreign.db")];
    write(foreign);
    const before = readFileSync(foreign);
    const running = await start();
    await expect.poll(() => count(running)).toBeGreaterThan(1);
    renameSync(path, own);
    copyFileSync(foreign, path);
    await running.saw("checks are held");
    expect(running.output()).toContain(`this is ${what}`);
    await expect.poll(() => alerts(running)).toContain(HISTORY_ALERT);
    expect(readFileSync(path)).toEqual(before);
    renameSync(own, path);
    await running.saw("storage works again");
    expect((await request(running.port, "/health")).status).toBe(200);
  });

  it("that loses its log is opened anew, and keeps what is in it", async () => {
    const running = await start();
    await expect.poll(() => count(running)).toBeGreaterThan(1);
    rmSync(`${path}-wal`);
    await running.saw(LOGGED);
    await expect.poll(() => count(running)).toBeGreaterThan(0);
    const stored = await count(running);
    expect(await running.stop()).toBe(0);
    expect(states.countRows(path, "sweeps")).toBeGreaterThanOrEqual(stored);
  });
});
