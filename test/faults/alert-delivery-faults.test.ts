/**
 * Alerts of the built service while what they need does not work: a receiver that wants to be left alone, a database that another
 * program has locked. FAULTS rows 9 and 12.
 */
import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { parseWebhook, standardWebhooksFormat } from "../support/receivers/standard-webhooks-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const OK = sendJson(200, {});
const BROKEN = sendJson(503, {});
const RETRY_AFTER_S = 4;

let folder: string;
let target: TargetServer;
let hook: HttpReceiver;
let service: ServiceProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  target = await startTarget(OK);
  hook = await startHttpReceiver(standardWebhooksFormat("/hook", SECRET));
  const config = JSON.stringify({
    services: { tools: { url: target.url, critical: true, timeout: 60, interval: 0.8 } },
    alerting: {
      channels: { hook: { type: "webhook", url: `http://127.0.0.1:${hook.port}/hook`, secret: "${HOOK_SECRET}" } },
    },
  });
  service = await startService({ config, env: { HOOK_SECRET: SECRET }, folder });
  await request(service.port, "/cluster_health?fresh=true");
});
afterEach(async () => {
  await service.stop();
  await Promise.all([target.close(), hook.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const documents = () => hook.messages.map(({ body }) => parseWebhook(body));
const types = (): string[] => documents().map(({ type }) => type);
const ids = () => hook.messages.map(({ headers }) => headers["webhook-id"]);

it("A receiver that asks for a pause gets nothing before it is over, then the same message, then the next", async () => {
  const triedAtMs: number[] = [];
  hook.response = () => {
    triedAtMs.push(performance.now());
    return triedAtMs.length > 1 ? { status: 200 } : { status: 429, headers: { "retry-after": String(RETRY_AFTER_S) } };
  };
  target.response = BROKEN;
  await expect.poll(() => triedAtMs.length).toBe(1);
  target.response = OK;
  await expect.poll(types).toEqual(["alert.firing", "alert.firing", "alert.resolved"]);
  const [first = 0, second = 0] = triedAtMs;
  expect(second - first).toBeGreaterThanOrEqual(RETRY_AFTER_S * 1_000);
  expect(new Set(ids()).size).toBe(2);
});

it("A locked database keeps no alert from going out; it says that history is not saved, and is stored later, sent once", async () => {
  const locker = new Database(join(folder, "test.db"));
  locker.exec("begin exclusive");
  await service.saw("checks are held");
  target.response = BROKEN;
  await expect.poll(types).toEqual(["alert.firing"]);
  target.response = OK;
  await expect.poll(types).toEqual(["alert.firing", "alert.resolved"]);
  expect(documents().map(({ data }) => "history_saved" in data && data.history_saved)).toEqual([false, false]);
  locker.exec("commit");
  await service.saw("storage works again");
  const states = locker.prepare("select id, state from notifications order by seq").raw();
  await expect.poll(() => states.all()).toEqual(ids().map((id) => [id, "sent"]));
  expect(locker.prepare("select state, end_reason from alerts").all()).toEqual([
    { state: "resolved", end_reason: "recovered" },
  ]);
  locker.close();
  expect(types()).toHaveLength(2);
});
