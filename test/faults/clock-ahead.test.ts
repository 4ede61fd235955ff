/** A machine's clock that is ahead by weeks at one start, and right at the next one or while the service runs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/node/database.ts";
import { request } from "../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { parseWebhook, standardWebhooksFormat } from "../support/receivers/standard-webhooks-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SHIFTED_CLOCK = fileURLToPath(new URL("../support/processes/shifted-clock.mjs", import.meta.url));
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const LOGGED = "the clock was ahead by more than a day";

describe("a machine's clock that is ahead", () => {
  let folder: string;
  let target: TargetServer;
  let hook: HttpReceiver;
  let service: ServiceProcess | null = null;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    target = await startTarget(sendJson(503, {}));
    hook = await startHttpReceiver(standardWebhooksFormat("/hook", SECRET));
  });
  afterEach(async () => {
    await service?.stop();
    service = null;
    await Promise.all([target.close(), hook.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const offsetFile = (): string => join(folder, "offset");
  const setClock = (offsetMs: number): void => writeFileSync(offsetFile(), String(offsetMs));
  const start = async (): Promise<ServiceProcess> => {
    const channel = { type: "webhook", url: `http://127.0.0.1:${hook.port}/hook`, secret: "${HOOK_SECRET}" };
    const first = { steps: [{ channels: ["hook"] }] };
    const config = JSON.stringify({
      services: { a: { url: target.url, critical: true, interval: 0.5 } },
      alerting: { channels: { hook: channel }, policies: { critical: first, warning: first } },
    });
    const env = { HOOK_SECRET: SECRET, CLOCK_OFFSET_FILE: offsetFile(), NODE_OPTIONS: `--import=${SHIFTED_CLOCK}` };
    service = await startService({ config, folder, env });
    return service;
  };
  const read = async (path: string) => (await request((service as ServiceProcess).port, path)).json;
  /** What it has taken: the receiver refuses what is signed by another time than its own. */
  const told = (): string[] =>
    hook.messages
      .filter(({ fault }) => fault === null)
      .map(({ body }) => {
        const { type, data } = parseWebhook(body);
        return `${type} ${"name" in data ? data.name : ""}`;
      });
  /** How far from the present, in hours. */
  const ageOf = (timestamp: string): number => Math.round(Math.abs(Date.now() - Date.parse(timestamp)) / HOUR);
  const newest = async (): Promise<string> => (await read("/history?limit=1")).history[0].timestamp;

  /** What was said, stored and shown once the clock is right. */
  const expectPresent = async (running: ServiceProcess, sweepsBefore: number): Promise<void> => {
    await running.saw(LOGGED);
    await expect.poll(told).toContain("alert.reminder a");
    await expect.poll(told).toContain("alert.firing Monitoring");
    expect((await read("/health")).checks.clock).toMatchObject({
      status: "failing",
      message: expect.stringContaining("ahead until"),
    });
    expect((await read("/health")).status).toBe("healthy");
    expect(ageOf((await read("/cluster_health")).timestamp)).toBe(0);
    expect(ageOf(await newest())).toBe(0);
    const [alert] = (await read("/alerts/history")).alerts.filter((each: { service: string }) => each.service === "a");
    expect(ageOf(alert.fired_at)).toBe(0);
    target.response = sendJson(200, {});
    await expect.poll(told).toContain("alert.resolved a");
    const history = (await read("/alerts/history")).alerts.filter((each: { service: string }) => each.service === "a");
    expect(history).toMatchObject([{ id: alert.id, state: "resolved" }]);
    await running.stop();
    expect(running.output().split(LOGGED)).toHaveLength(2);
    const sqlite = openDatabase(join(folder, "test.db"));
    const ahead = sqlite
      .prepare("select count(*) from sweeps where at_ms > ?")
      .pluck()
      .get(Date.now() + HOUR);
    sqlite.close();
    expect(ahead).toBe(sweepsBefore);
  };
  const countAhead = (): number => {
    const sqlite = openDatabase(join(folder, "test.db"));
    const count = Number(
      sqlite
        .prepare("select count(*) from sweeps where at_ms > ?")
        .pluck()
        .get(Date.now() + HOUR),
    );
    sqlite.close();
    return count;
  };

  for (const [name, leadMs] of Object.entries({ "400 days": 400 * DAY, "25 hours": 25 * HOUR })) {
    it(`by ${name} at one start is not followed at the next: alerts go on, what it stored is kept apart`, async () => {
      setClock(leadMs);
      await start();
      await expect.poll(() => hook.messages.length).toBe(1);
      await service?.stop();
      setClock(0);
      await expectPresent(await start(), countAhead());
    });
  }

  it("by 400 days is left at once when it is put right while the service runs", async () => {
    setClock(400 * DAY);
    const running = await start();
    await expect.poll(() => hook.messages.length).toBe(1);
    setClock(0);
    await running.saw(LOGGED);
    await expectPresent(running, countAhead());
  });

  it("postpones no message that waits, and signs it with the right time", async () => {
    setClock(400 * DAY);
    hook.response = () => ({ status: 503, headers: { "retry-after": "3000" } });
    await start();
    await expect.poll(() => hook.messages.length).toBe(1);
    await service?.stop();
    setClock(0);
    hook.response = null;
    await start();
    await expect.poll(told).toContain("alert.firing a");
  });

  it("by an hour is caught up with as ever, but what is signed meanwhile has the right time", async () => {
    target.response = sendJson(200, {});
    setClock(HOUR);
    await start();
    await expect.poll(async () => (await read("/history?limit=1")).count).toBeGreaterThan(0);
    await service?.stop();
    setClock(0);
    target.response = sendJson(503, {});
    const running = await start();
    await expect.poll(told).toEqual(["alert.firing a"]);
    expect(ageOf(await newest())).toBe(1);
    expect((await read("/health")).checks.clock).toMatchObject({
      status: "ok",
      message: expect.stringMatching(/^Time is 59 min .+ ahead of the machine's clock/),
    });
    const { body: page } = await request(running.port, "/dashboard");
    expect(page).toMatch(/The machine&#39;s clock was put back: .+ at half speed until /);
    expect(running.output()).toContain("the clock is behind what is stored");
    expect(running.output()).not.toContain(LOGGED);
  });
});
