/**
 * A channel that is repaired in the file of a running service, or whose secret gets another value: what waits goes out at once.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { request } from "../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { slackFormat } from "../support/receivers/slack-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const OLD_PATH = "/services/T000/B000/old-canary";
const NEW_PATH = "/services/T000/B000/new-canary";

let target: TargetServer;
let slack: HttpReceiver;
let service: ServiceProcess | null = null;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "monitoring-"));
  target = await startTarget(sendJson(503, {}));
  slack = await startHttpReceiver(slackFormat(NEW_PATH));
  slack.response = ({ path }) =>
    path === OLD_PATH ? { status: 429, headers: { "retry-after": "3600" } } : { status: 200, body: "ok" };
});
afterEach(async () => {
  await service?.stop();
  service = null;
  await Promise.all([target.close(), slack.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const config = (reference: string): string =>
  JSON.stringify({
    services: { tools: { url: target.url, critical: true, timeout: 60, interval: 0.8 } },
    alerting: { channels: { slack: { type: "slack", webhook_url: reference } } },
  });
const start = async (path: string): Promise<ServiceProcess> => {
  const at = (each: string): string => `http://127.0.0.1:${slack.port}${each}`;
  const env = { SLACK_URL: at(path), OTHER_URL: at(NEW_PATH) };
  return (service = await startService({ config: config("${SLACK_URL}"), env, folder }));
};
const channel = async () => (await request(service?.port ?? 0, "/channels")).json.channels[0];
const asked = (path: string): number => slack.messages.filter((each) => each.path === path).length;

it("A channel that names another secret after SIGHUP takes at once what waits", async () => {
  const running = await start(OLD_PATH);
  await expect.poll(channel).toMatchObject({ state: "retrying", failure: "rate_limited" });
  running.writeConfig(config("${OTHER_URL}"));
  running.signal("SIGHUP");
  await expect.poll(channel).toMatchObject({ state: "working", pending: 0 });
  expect([asked(OLD_PATH), asked(NEW_PATH)]).toEqual([1, 1]);
});

it("A channel whose secret has another value after a restart takes at once what waits; one that is as it was goes on waiting", async () => {
  const first = await start(OLD_PATH);
  await expect.poll(channel).toMatchObject({ state: "retrying" });
  await first.stop();
  const second = await start(OLD_PATH);
  const seen = target.seen;
  await expect.poll(() => target.seen).toBeGreaterThan(seen + 2);
  expect(await channel()).toMatchObject({ state: "retrying", pending: 1 });
  expect(asked(OLD_PATH)).toBe(1);
  await second.stop();
  const third = await start(NEW_PATH);
  await expect.poll(channel).toMatchObject({ state: "working", pending: 0 });
  await third.stop();
  expect(readFileSync(join(folder, "test.db"), "latin1")).not.toContain("canary");
});
