/** A heartbeat that its receiver does not take: the monitor tells of itself, also when somebody asks. */
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import type { Monitor } from "../../../functions/runtime.ts";
import type { HttpTransport } from "../../../shared/ports/http-transport.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { passUntil, testProcess, testRuntime } from "../../support/test-runtime.ts";

const MINUTE_MS = 60_000;
const UNHEARD = "Nobody would notice if the monitor died: the receiver of its heartbeat";

let database: TestDatabase;
/** What the receiver answers; null: nobody is there. */
let status: number | null;
beforeEach(() => {
  database = sqliteTestDatabase();
  onTestFinished(() => database.close());
});

/** The services are well. */
const exchange: HttpTransport["exchange"] = async ({ target }) => {
  const common = { durationMs: 1, timings: {} };
  const statusCode = target.host === "beat.example" ? status : 200;
  if (statusCode === null) return { ...common, kind: "failure", reason: "refused", message: "Connection refused" };
  return { ...common, kind: "response", statusCode, headers: {}, body: new Uint8Array(), truncated: false };
};

async function start(more: object = { heartbeat: { url: "https://beat.example/uuid" } }) {
  const config = { services: { a: { url: "https://a.example/" } }, ...more };
  const runtime = { ...testRuntime({ database, process: testProcess().process, config }), http: { exchange } };
  const monitor = await createMonitor(runtime);
  await monitor.start();
  const pass = async (minutes: number): Promise<void> => {
    await runtime.clock.advance(minutes * MINUTE_MS + 2_000);
  };
  return { monitor, pass, stop: () => passUntil(runtime.clock, monitor.stop()) };
}

async function ask(monitor: Monitor, path: string) {
  const response = await monitor.fetch(new Request(`http://localhost${path}`, { headers: { host: "localhost" } }));
  return { status: response.status, json: JSON.parse(await response.text()) };
}

const alertsOf = async (monitor: Monitor): Promise<unknown[]> => (await ask(monitor, "/alerts")).json.details;

it.each([
  [404, "answers HTTP 404"],
  [410, "answers HTTP 410"],
  [302, "answers HTTP 302"],
  [503, "answers HTTP 503"],
  [null, "does not take it (Connection refused)"],
])("That it is answered %s shows in /health and in an alert, once, until it is taken again", async (answer, what) => {
  status = answer;
  const { monitor, pass, stop } = await start();
  await pass(3);
  const health = await ask(monitor, "/health");
  expect(health).toMatchObject({
    status: 200,
    json: { status: "healthy", checks: { heartbeat: { status: "failing", message: `${UNHEARD} ${what}` } } },
  });
  expect(await alertsOf(monitor)).toMatchObject([
    { service: null, name: "Monitoring", severity: "warning", state: "firing", message: `${UNHEARD} ${what}` },
  ]);
  status = 204;
  await pass(1);
  expect((await ask(monitor, "/health")).json.checks.heartbeat).toEqual({ status: "ok", message: null });
  expect(await alertsOf(monitor)).toEqual([]);
  const { alerts } = (await ask(monitor, "/alerts/history")).json;
  expect(alerts).toMatchObject([{ state: "resolved", end_reason: "recovered" }]);
  await stop();
});

it("Whoever takes the heartbeat out of the configuration hears no more of it", async () => {
  status = 404;
  const first = await start();
  await first.pass(1);
  await first.stop();
  const second = await start({});
  await second.pass(1);
  expect((await ask(second.monitor, "/health")).json.checks).not.toHaveProperty("heartbeat");
  expect(await alertsOf(second.monitor)).toEqual([]);
  await second.stop();
});
