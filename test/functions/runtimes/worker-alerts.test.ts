/**
 * Alerts of the built Worker, with a real D1 and real receivers: ticks that are doubled and overlap, callers in between, a
 * receiver that fails for a moment. Nothing is told twice, whoever looks.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { request } from "../../support/raw-http.ts";
import { startHttpReceiver, type HttpReceiver } from "../../support/receivers/http-receiver.ts";
import { parseWebhook, standardWebhooksFormat } from "../../support/receivers/standard-webhooks-format.ts";
import { sendJson, startTarget, type TargetServer } from "../../support/target-server.ts";
import { startWorker, TEST_AUTH, TEST_TOKEN, type WorkerProcess } from "../../support/worker-process.ts";

const SWEEP = "* * * * *";
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let target: TargetServer;
let hook: HttpReceiver;
let listener: TargetServer;
let worker: WorkerProcess;

beforeAll(async () => {
  target = await startTarget(sendJson(503, {}));
  hook = await startHttpReceiver(standardWebhooksFormat("/hook", SECRET));
  listener = await startTarget();
  const configuration = {
    heartbeat: { url: listener.url },
    // Decided at once, so that no round looks again by itself.
    services: { tools: { url: target.url, critical: true, interval: 60, failures: 1, successes: 1 } },
    alerting: {
      channels: { hook: { type: "webhook", url: `http://127.0.0.1:${hook.port}/hook`, secret: "${HOOK_SECRET}" } },
    },
    auth: TEST_AUTH,
  };
  worker = await startWorker(JSON.stringify(configuration), { env: { HOOK_SECRET: SECRET } });
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([target.close(), hook.close(), listener.close()]);
});

const types = (): string[] => hook.messages.map(({ body }) => parseWebhook(body).type);
const ids = () => new Set(hook.messages.map(({ headers }) => headers["webhook-id"]));
const ask = async (path: string) => {
  const headers = { authorization: `Bearer ${TEST_TOKEN}` };
  return (await request(worker.port, path, { headers })).json;
};
const rounds = (count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, () => worker.fire(SWEEP)));

it("A Worker tells of an outage once and of its end once, whatever becomes of ticks and whoever asks meanwhile", async () => {
  // The receiver fails once; the message is tried again within the round.
  hook.response = () => (hook.messages.length > 1 ? { status: 200 } : { status: 503 });
  await rounds(3);
  expect(types()).toEqual(["alert.firing", "alert.firing"]);
  expect(ids().size).toBe(1);
  await rounds(2);
  target.response = sendJson(200, {});
  // What was looked at a moment ago is not looked at again, so the end is seen some seconds later.
  const lookAgain = async (): Promise<string[]> => {
    await Promise.all([rounds(2), ...Array.from({ length: 3 }, () => ask("/cluster_health?fresh=true"))]);
    return types().slice(2);
  };
  await expect.poll(lookAgain).toEqual(["alert.resolved"]);
  await rounds(2);
  expect(listener.seen).toBeGreaterThan(0);
  expect(hook.messages.map(({ fault }) => fault)).toEqual([null, null, null]);
  expect((await ask("/alerts")).details).toEqual([]);
  expect((await ask("/channels")).channels).toMatchObject([{ name: "hook", state: "working", pending: 0 }]);
});
