/**
 * Alerts of the built service as people get them: real receivers that check the documented formats, a target that dies and heals,
 * kills, reloads and receivers that misbehave. FAULTS rows 9, 10, 18 and 22.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { request } from "../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { parseSlack, slackFormat } from "../support/receivers/slack-format.ts";
import {
  parseWebhook,
  standardWebhooksFormat,
  type WebhookDocument,
} from "../support/receivers/standard-webhooks-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const SLACK_PATH = "/services/T000/B000/canary-token";
const ADMIN = newToken("admin");
const OK = sendJson(200, {});
const BROKEN = sendJson(503, {});

describe("alerts of a running service", () => {
  let target: TargetServer;
  let hook: HttpReceiver;
  let slack: HttpReceiver;
  let service: ServiceProcess | null = null;
  /** For services that go on where another one left off. */
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    target = await startTarget(OK);
    hook = await startHttpReceiver(standardWebhooksFormat("/hook", SECRET));
    slack = await startHttpReceiver(slackFormat(SLACK_PATH));
  });
  afterEach(async () => {
    await service?.stop();
    service = null;
    await Promise.all([target.close(), hook.close(), slack.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const configuration = (services: object, more: object = {}): string =>
    JSON.stringify({
      services,
      alerting: {
        channels: {
          hook: { type: "webhook", url: `http://127.0.0.1:${hook.port}/hook`, secret: "${HOOK_SECRET}" },
          slack: { type: "slack", webhook_url: "${SLACK_URL}" },
        },
        ...more,
      },
      auth: { tokens: { admin: { hash: ADMIN.hash, scopes: ["admin"] } } },
    });
  const tools = () => ({
    tools: { name: "Tools Server", url: target.url, critical: true, timeout: 60, interval: 0.8 },
  });
  const start = async (config: string): Promise<ServiceProcess> => {
    const env = { HOOK_SECRET: SECRET, SLACK_URL: `http://127.0.0.1:${slack.port}${SLACK_PATH}` };
    service = await startService({ config, env, folder });
    return service;
  };
  const documents = (): WebhookDocument[] => hook.messages.map(({ body }) => parseWebhook(body));
  const types = (): string[] => documents().map(({ type }) => type);
  const ask = async (path: string, method = "GET") => {
    const headers = { authorization: `Bearer ${ADMIN.token}` };
    return (await request(service?.port ?? 0, path, { method, headers })).json;
  };

  it("tell of an outage once, and of its end, in the form that each receiver documents", async () => {
    await start(configuration(tools()));
    target.response = BROKEN;
    await expect.poll(types).toEqual(["alert.firing"]);
    target.response = OK;
    await expect.poll(types).toEqual(["alert.firing", "alert.resolved"]);
    await expect.poll(() => slack.messages.length).toBe(2);
    const [firing, resolved] = documents();
    expect(firing?.data).toMatchObject({
      service: "tools",
      severity: "critical",
      status: "unhealthy",
      message: "HTTP 503",
    });
    expect(resolved?.data).toMatchObject({ state: "resolved", end_reason: "recovered" });
    expect([...hook.messages, ...slack.messages].map(({ fault }) => fault)).toEqual([null, null, null, null]);
    expect(JSON.stringify(parseSlack(slack.messages[1]?.body ?? ""))).toContain("resolved");
    expect((await ask("/channels")).channels).toMatchObject([
      { name: "hook", state: "working" },
      { name: "slack", state: "working" },
    ]);
    expect(service?.output()).not.toContain("canary-token");
  });

  it("survive a kill while they are being sent: the same message comes again, and its end follows", async () => {
    const first = await start(configuration(tools()));
    // The receiver takes it and the sender dies before it has heard so.
    const killed = new Promise<void>((resolve) => {
      hook.response = () => {
        first.signal("SIGKILL");
        resolve();
        return { status: 200, body: "" };
      };
    });
    target.response = BROKEN;
    await killed;
    await first.stop();
    hook.response = null;
    await start(configuration(tools()));
    await expect.poll(() => hook.messages.length).toBe(2);
    const ids = hook.messages.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(1);
    target.response = OK;
    await expect.poll(() => types().at(-1)).toBe("alert.resolved");
    // The kill may have met that message, too: then it comes twice, word for word.
    await expect.poll(() => new Set(slack.messages.map(({ body }) => body)).size).toBe(2);
    expect(slack.messages.length).toBeLessThanOrEqual(3);
  });

  it("are not told again by a restart, and end when their service is taken out of the configuration", async () => {
    const first = await start(configuration(tools()));
    target.response = BROKEN;
    await expect.poll(types).toEqual(["alert.firing"]);
    await first.stop();
    const second = await start(configuration(tools()));
    const seen = target.seen;
    await expect.poll(() => target.seen).toBeGreaterThan(seen + 4);
    expect(types()).toEqual(["alert.firing"]);
    second.writeConfig(configuration({ other: { url: target.url, interval: 60, timeout: 60 } }));
    second.signal("SIGHUP");
    await expect.poll(types).toEqual(["alert.firing", "alert.resolved"]);
    expect(documents()[1]?.data).toMatchObject({ service: "tools", end_reason: "removed" });
  });

  it("wait for a receiver that fails for a moment, and go elsewhere when one refuses", async () => {
    await start(configuration(tools()));
    let refusals = 0;
    hook.response = () => ((refusals += 1) <= 2 ? { status: 503 } : { status: 200 });
    target.response = BROKEN;
    await expect.poll(() => hook.messages.length).toBe(3);
    expect(new Set(hook.messages.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    hook.response = () => ({ status: 404 });
    const before = slack.messages.length;
    target.response = OK;
    await expect.poll(() => slack.messages.length).toBe(before + 1);
    await expect
      .poll(async () => (await ask("/channels")).channels[0])
      .toMatchObject({ state: "broken", failure: "refused" });
  });

  it("reach every channel in a drill, whose receipts can be asked for", async () => {
    await start(configuration(tools()));
    expect((await ask("/drill")).drill).toBeNull();
    expect((await ask("/drill", "POST")).channels).toHaveLength(2);
    await expect.poll(async () => (await ask("/drill")).drill.state).toBe("passed");
    expect(types()).toEqual(["drill"]);
    expect(await ask("/channels/slack/test", "POST")).toMatchObject({ outcome: "accepted" });
    expect(slack.messages).toHaveLength(2);
  });

  it("of 200 services that die in one second are two messages at most, and of a parent with 50 children as well", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [
        `s${index}`,
        { url: `${target.url}/${index}`, critical: true, interval: 1.6, timeout: 60 },
      ]),
    );
    const family = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        `c${index}`,
        { url: target.url, critical: true, interval: 1.6, timeout: 60, depends_on: ["s0"] },
      ]),
    );
    await start(configuration({ ...many, ...family }));
    await ask("/cluster_health?fresh=true");
    target.response = BROKEN;
    const notifiedChannels = (): Set<string | null> =>
      new Set(
        documents().flatMap(({ data }) =>
          ("alerts" in data && data.alerts ? data.alerts : [data]).map((each) =>
            "service" in each ? each.service : null,
          ),
        ),
      );
    await expect.poll(() => notifiedChannels().size).toBe(200);
    expect(hook.messages.length).toBeLessThanOrEqual(2);
    await expect.poll(() => slack.messages.length).toBe(hook.messages.length);
  });

  it("have something done by itself, which the next message tells", async () => {
    const onFiring = { command: [process.execPath, "-e", "process.exit(3)"], timeout: 5 };
    await start(configuration({ tools: { ...tools().tools, on_firing: onFiring } }));
    target.response = BROKEN;
    await expect.poll(types).toEqual(["alert.firing"]);
    await expect.poll(async () => (await ask("/alerts")).details[0].action_taken).toContain("ended with 3");
    target.response = OK;
    await expect.poll(types).toEqual(["alert.firing", "alert.resolved"]);
    expect(documents()[1]?.data).toMatchObject({ action_taken: expect.stringContaining("ended with 3") });
    expect((await ask("/audit")).entries[0]).toMatchObject({
      actor: "monitor",
      action: "remediation.ended",
      target: "tools",
    });
  });
});
