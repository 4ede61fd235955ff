/** The system's clock is wrong for all of the process, SQLite and TLS among it: by the real faketime. */
import { createServer } from "node:https";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../shared/node/database.ts";
import { makeAuthority, type Certificate } from "../support/certificates.ts";
import * as states from "../support/database-states.ts";
import { FAKETIME, fakeTime, type FakeTime } from "../support/faketime.ts";
import { skipWithout } from "../support/installed.ts";
import { listen, type LoopbackServer } from "../support/loopback-server.ts";
import { request } from "../support/raw-http.ts";
import { parseWebhook } from "../support/receivers/standard-webhooks-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const VALIDITY = { validFromMs: Date.now() - 20 * DAY, validToMs: Date.now() + 30 * DAY };
const authority = makeAuthority("Own Authority", VALIDITY);

describe.skipIf(skipWithout(FAKETIME))("a machine's clock (needs faketime)", () => {
  let folder: string;
  let time: FakeTime;
  let certified: LoopbackServer;
  let hook: LoopbackServer;
  let target: TargetServer;
  let service: ServiceProcess | null = null;
  let told: string[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    time = fakeTime(folder);
    told = [];
    const certificate = authority.issue({ ...VALIDITY, hosts: ["127.0.0.1"] });
    certified = await listen(createServer(certificate, (_request, response) => response.end("ok")));
    hook = await listen(takeMessages(certificate, told));
    target = await startTarget(sendJson(503, {}));
    writeFileSync(join(folder, "ca.pem"), authority.ca);
  });
  afterEach(async () => {
    await service?.stop();
    service = null;
    await Promise.all([certified.close(), hook.close(), target.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (): Promise<ServiceProcess> => {
    const channel = { type: "webhook", url: `https://127.0.0.1:${hook.port}/`, secret: "${HOOK_SECRET}" };
    const first = { steps: [{ channels: ["hook"] }] };
    const config = JSON.stringify({
      services: {
        broken: { url: target.url, critical: true, interval: 0.5 },
        certified: { url: `https://127.0.0.1:${certified.port}/`, critical: true, interval: 0.5 },
      },
      alerting: { channels: { hook: channel }, policies: { critical: first, warning: first } },
    });
    const env = { ...time.env, HOOK_SECRET: SECRET, NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") };
    service = await startService({ config, folder, env });
    return service;
  };
  const read = async (path: string) => (await request((service as ServiceProcess).port, path)).json;
  const healthOf = async (id: string) => (await read("/cluster_health")).services[id].health;
  const ageOf = (timestamp: string): number => Math.round(Math.abs(Date.now() - Date.parse(timestamp)) / HOUR);
  const alertsOf = async (id: string) =>
    (await read("/alerts/history")).alerts.filter((each: { service: string }) => each.service === id);

  it("that is 400 days ahead at one start lets certificates expire, and at the next one all is well", async () => {
    time.set(400 * DAY);
    await start();
    const expired = { status: "error", reason: "tls", error: "Certificate has expired" };
    await expect.poll(() => healthOf("certified")).toMatchObject(expired);
    await expect.poll(async () => (await alertsOf("certified")).length).toBe(2);
    expect(told).toEqual([]); // the receiver's certificate has expired as well
    await service?.stop();
    time.set(0);
    const running = await start();
    await running.saw("the clock was ahead by more than a day");
    await expect.poll(() => healthOf("certified")).toMatchObject({ status: "healthy" });
    await expect.poll(() => told).toContain("alert.firing Monitoring");
    await expect.poll(() => told.filter((each) => each.endsWith(" broken"))).not.toEqual([]);
    expect((await read("/health")).checks.clock.status).toBe("failing");
    const { history } = await read("/history?limit=1");
    expect(ageOf(history[0].timestamp)).toBe(0);
    await expect
      .poll(async () => (await alertsOf("certified")).map(({ state }: { state: string }) => state))
      .toEqual(["resolved", "resolved"]);
    for (const { since } of await alertsOf("certified")) expect(ageOf(since)).toBe(0);
    expect(await running.stop()).toBe(0);
    const sqlite = openDatabase(join(folder, "test.db"));
    expect(sqlite.pragma("integrity_check", { simple: true })).toBe("ok");
    sqlite.close();
  });

  it("that nobody has set (1970) blames no certificate, and a message waits for it", async () => {
    await states.writeHistory(join(folder, "test.db"), 10, Date.now() - 60_000);
    time.set(10_000 - Date.now());
    const running = await start();
    const unknown = { status: "unknown", reason: "clock" };
    await expect.poll(() => healthOf("certified")).toMatchObject(unknown);
    await expect.poll(() => healthOf("broken")).toMatchObject({ status: "unhealthy" });
    await expect.poll(async () => (await alertsOf("broken")).length).toBe(1);
    await expect.poll(async () => (await read("/channels")).channels[0]).toMatchObject({ state: "retrying" });
    time.set(0);
    await expect.poll(() => healthOf("certified")).toMatchObject({ status: "healthy" });
    await expect.poll(() => told).toContain("alert.firing broken");
    expect(await alertsOf("certified")).toEqual([]);
    const [broken] = await alertsOf("broken");
    expect(ageOf(broken.since)).toBe(0);
    expect(running.output()).not.toContain('"level":"error"');
  });

  it("that is set for the first time on a new database takes along what was seen before: as long ago as it was", async () => {
    time.set(10_000 - Date.now());
    const running = await start();
    await expect.poll(async () => (await alertsOf("broken")).length).toBe(1);
    await expect.poll(async () => (await read("/channels")).channels[0]).toMatchObject({ state: "retrying" });
    expect(ageOf((await alertsOf("broken"))[0].since)).toBeGreaterThan(50 * 365 * 24);
    time.set(0);
    await expect.poll(() => told).toContain("alert.firing broken"); // it was not given up for its age
    const ages = async () =>
      (await alertsOf("broken")).map((each: { since: string; fired_at: string }) =>
        [each.since, each.fired_at].map(ageOf),
      );
    await expect.poll(ages).toEqual([[0, 0]]);
    expect((await read("/health")).checks.process.uptime_s).toBeLessThan(3_600);
    expect((await read("/cluster_health")).cluster_stats.monitoring_uptime).toBeLessThan(3_600);
    expect((await read("/health")).checks.clock.status).toBe("ok");
    target.response = sendJson(200, {});
    await expect.poll(() => told).toContain("alert.resolved broken");
    expect(running.output()).not.toContain('"level":"error"');
  });
});

/** A receiver over TLS, which writes down what it has taken. */
function takeMessages(certificate: Certificate, told: string[]) {
  return createServer(certificate, (incoming, response) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
    incoming.on("end", () => {
      const { type, data } = parseWebhook(body);
      told.push(`${type} ${"name" in data ? data.name : ""}`);
      response.writeHead(204).end();
    });
  });
}
