/**
 * Everything that people may have stored with every sweep, in its largest form and as often as they are let: silences, ended ones,
 * maintenance windows, acknowledgements of very many alerts. An outage afterwards is told as without them.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newToken } from "../../functions/cli/new-token.ts";
import { request, type RawAnswer } from "../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../support/receivers/http-receiver.ts";
import { parseWebhook, standardWebhooksFormat } from "../support/receivers/standard-webhooks-format.ts";
import { startService, type ServiceProcess } from "../support/service-process.ts";
import { sendJson, startTarget, type TargetServer } from "../support/target-server.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
/** So many that no token writes more often than it may. */
const TOKENS = Array.from({ length: 12 }, (_, index) => newToken(`person-${index}`));
const OK = sendJson(200, {});
const BROKEN = sendJson(503, {});

/** What was once enough for every later sweep to be refused. */
const FORMERLY_FATAL = 39;
/** More than are let in, of either. */
const TRIES = 110;
/** Those that ended are kept. */
const ROUNDS = 3;
const OTHERS = 150;

/** None of them covers what is watched here. */
const LARGEST = {
  services: Array.from({ length: 50 }, (_, index) => `${index}`.padStart(64, "x")),
  allow_empty: true,
  comment: "\u{10FFFD}".repeat(500),
};
const UNTIL = new Date(Date.now() + 86_400_000).toISOString();
const LARGEST_SILENCE = { ...LARGEST, severities: ["critical", "warning", "info"], ends_at: UNTIL };
const WEEKLY = { kind: "weekly", zone: "America/Argentina/ComodRivadavia", start: "03:00", duration: 60, until: UNTIL };
const LARGEST_WINDOW = {
  ...LARGEST,
  schedule: { ...WEEKLY, days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] },
};

describe("what people may ask for", () => {
  let target: TargetServer;
  let others: TargetServer;
  let hook: HttpReceiver;
  let service: ServiceProcess;

  beforeEach(async () => {
    target = await startTarget(OK);
    others = await startTarget(OK);
    hook = await startHttpReceiver(standardWebhooksFormat("/hook", SECRET));
    const rules = { interval: 1, timeout: 60, failures: 1, successes: 1 };
    const many = Array.from({ length: OTHERS }, (_, index) => [`other${index}`, { ...rules, url: others.url }]);
    const services = { tools: { ...rules, url: target.url, critical: true }, ...Object.fromEntries(many) };
    const channels = { hook: { type: "webhook", url: `http://127.0.0.1:${hook.port}/hook`, secret: "${HOOK_SECRET}" } };
    const tokens = TOKENS.map(({ hash }, index) => [`person-${index}`, { hash, scopes: ["admin"] }]);
    const auth = { tokens: Object.fromEntries(tokens) };
    const config = JSON.stringify({ services, alerting: { channels }, auth });
    service = await startService({ config, env: { HOOK_SECRET: SECRET } });
  });
  afterEach(async () => {
    await service.stop();
    await Promise.all([target.close(), others.close(), hook.close()]);
  });

  let asked = 0;
  const ask = (method: string, path: string, body?: object) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers: Record<string, string> = { authorization: `Bearer ${TOKENS[(asked += 1) % TOKENS.length]?.token}` };
    if (body) Object.assign(headers, { "content-type": "application/json" });
    headers["content-length"] = String(Buffer.byteLength(text));
    return request(service.port, path, { method, headers, body: text });
  };
  const types = (): string[] => hook.messages.map(({ body }) => parseWebhook(body).type);
  const askOften = (count: number, path: string, body: object) =>
    Promise.all(Array.from({ length: count }, () => ask("POST", path, body)));
  /** Ids of those that were let in. */
  const fill = async (path: string, body: object): Promise<string[]> => {
    const answers = await askOften(TRIES, path, body);
    expect(statuses(answers)).toEqual([201, 409]);
    return answers.flatMap(({ status, json }) => (status === 201 ? [json.id] : []));
  };
  const openAlerts = async (): Promise<{ id: string; service: string }[]> => {
    return (await ask("GET", "/alerts")).json.details;
  };
  const expectUsualOutage = async (): Promise<void> => {
    target.response = BROKEN;
    await expect.poll(types).toEqual(["alert.firing"]);
    expect((await ask("GET", "/health")).status).toBe(200);
    const tools = (await openAlerts()).find((alert) => alert.service === "tools");
    expect((await ask("POST", `/alerts/${tools?.id}/acknowledge`, {})).status).toBe(200);
    target.response = OK;
    await expect.poll(types).toEqual(["alert.firing", "alert.resolved"]);
    expect((await ask("GET", "/health")).status).toBe(200);
    expect(types()).toEqual(["alert.firing", "alert.resolved"]);
  };

  it("39 silences of the largest size change nothing about an outage", async () => {
    expect(statuses(await askOften(FORMERLY_FATAL, "/silences", LARGEST_SILENCE))).toEqual([201]);
    await expectUsualOutage();
  });

  it("as many as are let in, ended ones, windows and acknowledgements change nothing either", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const silences = await fill("/silences", LARGEST_SILENCE);
      expect(silences.length).toBeGreaterThanOrEqual(FORMERLY_FATAL);
      if (round < ROUNDS - 1) await Promise.all(silences.map((id) => ask("DELETE", `/silences/${id}`)));
    }
    expect((await fill("/maintenance", LARGEST_WINDOW)).length).toBeGreaterThanOrEqual(FORMERLY_FATAL);
    others.response = BROKEN;
    await expect.poll(async () => (await openAlerts()).length).toBe(OTHERS);
    const comment = { comment: LARGEST.comment };
    const acknowledged = await Promise.all(
      (await openAlerts()).map(({ id }) => ask("POST", `/alerts/${id}/acknowledge`, comment)),
    );
    expect(statuses(acknowledged)).toEqual([200]);
    await expectUsualOutage();
  });
});

function statuses(answers: readonly RawAnswer[]): number[] {
  return [...new Set(answers.map(({ status }) => status))].sort((left, right) => left - right);
}
