/** A start on a full disk: sight and messages need none of it, and history goes on when there is room, without a restart. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeHistory } from "../support/database-states.ts";
import { findProgram, skipWithout } from "../support/installed.ts";
import { request } from "../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { parseWebhook, standardWebhooksFormat } from "../support/receivers/standard-webhooks-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const HISTORY_ALERT = "WARNING: Monitoring is degraded - History is not being saved";
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const OK = sendJson(200, {});
const BROKEN = sendJson(503, {});
const STORED = 20;
/** Only root may mount. */
const MOUNT = process.getuid?.() === 0 ? findProgram("mount") : null;

describe.skipIf(skipWithout(MOUNT))("a full disk at the start (needs root and mount)", () => {
  let folder: string;
  let disk: string;
  let target: TargetServer;
  let hook: HttpReceiver;
  let service: ServiceProcess | null = null;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    disk = join(folder, "disk");
    mkdirSync(disk);
    execFileSync(String(MOUNT), ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
    target = await startTarget(BROKEN);
    hook = await startHttpReceiver(standardWebhooksFormat("/hook", SECRET));
  });
  afterEach(async () => {
    await service?.stop();
    service = null;
    await Promise.all([target.close(), hook.close()]);
    execFileSync(String(findProgram("umount")), [disk]);
    rmSync(folder, { recursive: true });
  });

  const database = (): string => join(disk, "test.db");
  /** As another program reads it; 0 while the file is kept to one. */
  const read = (query: string): number =>
    Number(execFileSync(process.execPath, ["-e", READ, database(), query], { encoding: "utf8" }));
  const fill = (): void => {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, "ballast"), new Uint8Array(bavail * bsize));
  };
  const start = async (): Promise<ServiceProcess> => {
    const channel = { type: "webhook", url: `http://127.0.0.1:${hook.port}/hook`, secret: "${HOOK_SECRET}" };
    const services = { a: { url: target.url, critical: true, interval: 0.5 } };
    const config = JSON.stringify({ services, alerting: { channels: { hook: channel } } });
    service = await startService({ config, folder, env: { MONITORING_DB: database(), HOOK_SECRET: SECRET } });
    return service;
  };
  const messages = (of: "a" | null) =>
    hook.messages.flatMap(({ body }) => {
      const { type, data } = parseWebhook(body);
      return "service" in data && data.service === of ? [{ type, ...data }] : [];
    });
  const told = (): string[] => messages("a").map(({ type }) => type);
  const toldOfStorage = (): string[] => messages(null).map(({ type }) => type);
  const alertIds = (): unknown[] => messages("a").map(({ id }) => id);

  const sees = async ({ port, saw, output }: ServiceProcess): Promise<void> => {
    await saw("checks are held");
    expect((await request(port, "/cluster_health")).json.services.a.health.status).toBe("unhealthy");
    expect((await request(port, "/alerts")).json.alerts).toContain(HISTORY_ALERT);
    expect((await request(port, "/health")).status).toBe(503);
    await expect.poll(told).toEqual(["alert.firing"]);
    expect(output()).not.toContain("job thread failed");
  };
  const recovers = async ({ port, saw, output }: ServiceProcess): Promise<void> => {
    rmSync(join(disk, "ballast"));
    await saw("storage works again");
    expect((await request(port, "/health")).status).toBe(200);
    target.response = OK;
    await expect.poll(told).toEqual(["alert.firing", "alert.resolved"]);
    const [firing, resolved] = alertIds();
    expect([typeof firing, resolved]).toEqual(["string", firing]);
    expect((await request(port, "/alerts")).json.alerts).toEqual([]);
    const errors = output().match(/"level":"error","message":"[^"]*"/g) ?? [];
    expect(errors).toHaveLength(new Set(errors).size);
  };

  it("of a new database costs no message, and none comes twice", async () => {
    fill();
    const running = await start();
    await sees(running);
    await recovers(running);
    expect((await request(running.port, "/history/a")).json.samples.length).toBeGreaterThan(0);
  });

  it("tells that history is not saved, once, and once that it is again", async () => {
    fill();
    const running = await start();
    await expect.poll(toldOfStorage, { timeout: 60_000 }).toEqual(["alert.firing"]);
    const { details } = (await request(running.port, "/alerts")).json;
    const own = details.find((each: { service: string | null }) => each.service === null);
    expect(messages(null)[0]).toMatchObject({
      id: own.id,
      severity: "critical",
      message: "History is not being saved",
    });
    rmSync(join(disk, "ballast"));
    await expect.poll(toldOfStorage, { timeout: 60_000 }).toEqual(["alert.firing", "alert.resolved"]);
    expect(messages(null).map(({ id }) => id)).toEqual([own.id, own.id]);
  }, 150_000);

  it("shows the history that is there, and goes on with it", async () => {
    await writeHistory(database(), STORED, Date.now());
    fill();
    const running = await start();
    expect((await request(running.port, "/history?limit=1000")).json.count).toBe(STORED);
    await sees(running);
    await recovers(running);
    expect((await request(running.port, "/history?limit=1000")).json.count).toBeGreaterThan(STORED);
  });

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    it(`tells nothing again that was told before ${signal}`, async () => {
      const first = await start();
      await expect.poll(told).toEqual(["alert.firing"]);
      await expect.poll(() => read(SENT)).toBe(1); // killed before, it would be sent again by the same id
      first.signal(signal);
      await first.ended();
      fill();
      const running = await start();
      await sees(running);
      await recovers(running);
    });
  }

  it("leaves the file to others again when there is room", async () => {
    await writeHistory(database(), STORED, Date.now());
    fill();
    const running = await start();
    await running.saw("checks are held");
    rmSync(join(disk, "ballast"));
    await running.saw("storage works again");
    await expect.poll(() => read(SWEEPS)).toBeGreaterThan(STORED);
  });
});

const SWEEPS = "select count(*) c from sweeps";
const SENT = "select count(*) c from notifications where state = 'sent'";

const READ = `
  const [path, query] = process.argv.slice(1);
  try { console.log(new (require("node:sqlite").DatabaseSync)(path).prepare(query).get().c) }
  catch { console.log("") }
`;
