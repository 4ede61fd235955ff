/** A backup that is put in the place of the database while the service is off: it may be older or newer than the configuration. */
import { copyFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { parseWebhook, standardWebhooksFormat } from "../support/receivers/standard-webhooks-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

describe("a backup that is restored while the service is off", () => {
  let folder: string;
  let path: string;
  let backup: string;
  let broken: TargetServer;
  let working: TargetServer;
  let hook: HttpReceiver;
  let service: ServiceProcess | null = null;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    path = join(folder, "test.db");
    backup = join(folder, "backup.db");
    broken = await startTarget(sendJson(503, {}));
    working = await startTarget();
    hook = await startHttpReceiver(standardWebhooksFormat("/hook", SECRET));
  });
  afterEach(async () => {
    await service?.stop();
    service = null;
    await Promise.all([broken.close(), working.close(), hook.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (targets: Readonly<Record<string, TargetServer>>): Promise<ServiceProcess> => {
    const services = Object.fromEntries(
      Object.entries(targets).map(([id, { url }]) => [
        id,
        { url, critical: true, interval: 0.5, failures: 1, successes: 1 },
      ]),
    );
    const channel = { type: "webhook", url: `http://127.0.0.1:${hook.port}/hook`, secret: "${HOOK_SECRET}" };
    const config = JSON.stringify({ services, alerting: { channels: { hook: channel } } });
    service = await startService({ config, folder, env: { HOOK_SECRET: SECRET } });
    return service;
  };
  const stop = async (): Promise<void> => {
    expect(await service?.stop()).toBe(0);
    service = null;
  };
  /** The services of whose failure people were told, each as often as they were; a message may be about several. */
  const firings = (from: number): string[] =>
    hook.messages.slice(from).flatMap(({ body }) => {
      const { type, data } = parseWebhook(body);
      if (type !== "alert.firing" || !("service" in data)) return [];
      return (data.alerts ?? [data]).map(({ service: id }) => String(id));
    });
  const read = async (query: string) => (await request((service as ServiceProcess).port, query)).json;
  const lives = async (id: string): Promise<string[]> =>
    (await read("/alerts/history")).alerts
      .filter((each: { service: string }) => each.service === id)
      .map(({ state, end_reason: reason }: { state: string; end_reason: string }) => `${state} ${reason}`);

  it("goes on from what it holds: what it has not seen end ends once, a service it does not know begins, one that is gone goes", async () => {
    await start({ heals: broken, leaves: broken });
    for (const id of ["heals", "leaves"]) await expect.poll(() => lives(id)).toEqual(["firing null"]);
    // A message that nobody has got yet would rightly be sent by the backup.
    await expect.poll(() => firings(0).toSorted()).toEqual(["heals", "leaves"]);
    await stop();
    copyFileSync(path, backup);
    await start({ heals: working, leaves: broken, comes: working });
    await expect.poll(() => lives("heals")).toEqual(["resolved recovered"]);
    await stop();

    const toldBefore = hook.messages.length;
    renameSync(backup, path);
    const running = await start({ heals: working, comes: broken });
    await expect.poll(() => lives("heals")).toEqual(["resolved recovered"]);
    await expect.poll(() => lives("leaves")).toEqual(["resolved removed"]);
    await expect.poll(() => lives("comes")).toEqual(["firing null"]);
    // Which is told a little later: what has just ended goes out first.
    expect(firings(toldBefore).filter((id) => id !== "comes")).toEqual([]);
    expect(Object.keys((await read("/cluster_health")).services)).toEqual(["heals", "comes"]);
    expect((await request(running.port, "/health")).status).toBe(200);
    expect(running.output()).not.toContain('"level":"error"');
  });

  it("that is newer than the configuration goes on with the services of that, and keeps what it knows of others", async () => {
    await start({ stays: working });
    await stop();
    await start({ stays: working, later: broken });
    await expect.poll(() => lives("later")).toEqual(["firing null"]);
    const stored = (await read("/history?limit=1")).count;
    await stop();
    renameSync(path, backup);
    await start({ stays: working }); // a new database, meanwhile
    await stop();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
    const toldBefore = hook.messages.length;
    renameSync(backup, path);
    await start({ stays: working });
    await expect.poll(() => lives("later")).toEqual(["resolved removed"]);
    await expect.poll(async () => (await read("/history?limit=1")).count).toBeGreaterThan(stored);
    expect(Object.keys((await read("/cluster_health")).services)).toEqual(["stays"]);
    const { history } = await read("/history?limit=1000");
    expect(history.some((each: { services: object }) => "later" in each.services)).toBe(true);
    expect(firings(toldBefore)).toEqual([]);
  });
});
