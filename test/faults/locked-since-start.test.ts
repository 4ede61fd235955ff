/**
 * The service starts while another program has the database to itself, and an alert of before is open: nobody is told of it anew, and
 * nobody who acknowledges it is told that this holds before it does.
 */
import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { request } from "../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { parseWebhook, standardWebhooksFormat } from "../support/receivers/standard-webhooks-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const { token, hash } = newToken("ann");

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
  await Promise.all([target.close(), hook.close()]);
  rmSync(folder, { recursive: true });
});

async function started(): Promise<ServiceProcess> {
  const rules = { interval: 1, failures: 1, successes: 1 };
  const channels = { hook: { type: "webhook", url: `http://127.0.0.1:${hook.port}/hook`, secret: "${HOOK_SECRET}" } };
  const auth = { tokens: { ann: { hash, scopes: ["admin"] } } };
  const services = { tools: { ...rules, url: target.url, critical: true } };
  const config = JSON.stringify({ services, alerting: { channels }, auth });
  service = await startService({ config, folder, env: { HOOK_SECRET: SECRET } });
  return service;
}

function ask(method: string, path: string, port: number) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "content-length": "2" };
  const asking = method === "GET" ? { authorization: headers.authorization } : headers;
  return request(port, path, { method, headers: asking, body: method === "GET" ? "" : "{}" });
}

const types = (): string[] => hook.messages.map(({ body }) => parseWebhook(body).type);

it("an alert of before is neither told anew nor acknowledged in vain, and its end is told", async () => {
  const before = await started();
  await expect.poll(types).toEqual(["alert.firing"]);
  const [{ id }] = (await ask("GET", "/alerts", before.port)).json.details;
  await before.stop();
  const locker = new Database(join(folder, "test.db"));
  locker.pragma("locking_mode = EXCLUSIVE");
  locker.exec("begin exclusive");
  const { port, saw } = await started();
  await saw("checks are held");
  expect((await ask("POST", `/alerts/${id}/acknowledge`, port)).status).toBe(503);
  expect((await ask("GET", "/cluster_health", port)).json.services.tools.health.status).not.toBe("healthy");
  locker.exec("commit");
  locker.close();
  await saw("storage works again");
  expect((await ask("POST", `/alerts/${id}/acknowledge`, port)).status).toBe(200);
  expect((await ask("GET", "/alerts", port)).json.details).toMatchObject([{ id, state: "acknowledged" }]);
  target.response = sendJson(200, {});
  await expect.poll(types).toEqual(["alert.firing", "alert.resolved"]);
});
