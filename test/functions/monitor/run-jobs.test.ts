/** When jobs run: by timers where the process stays alive, by cron events where the platform wakes us. */
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import { JOBS } from "../../../functions/jobs/registry.ts";
import type { Monitor } from "../../../functions/runtime.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { passUntil, testProcess, testRuntime, type TestRuntime } from "../../support/test-runtime.ts";

const MINUTE_MS = 60_000;
const AUTH = { tokens: { test: { hash: `sha256:${"0".repeat(64)}` } } };
const config = (rest: object = {}) => ({ services: { a: { url: "https://example.org/" } }, auth: AUTH, ...rest });

let database: TestDatabase;
beforeEach(() => {
  database = sqliteTestDatabase();
  onTestFinished(() => database.close());
});

async function started(runtime: TestRuntime): Promise<Monitor> {
  const monitor = await createMonitor(runtime);
  await monitor.start();
  onTestFinished(() => passUntil(runtime.clock, monitor.stop()));
  return monitor;
}

describe("jobs of a process that stays alive", () => {
  it("run beside the thread that probes when they take long, with what is plain in the configuration", async () => {
    const { process, orders } = testProcess();
    const runtime = testRuntime({ database, process, config: config({ intervals: { cleanup: 60 } }) });
    await started(runtime);
    await runtime.clock.advance(2 * MINUTE_MS);
    expect(orders.map(({ name }) => name)).toEqual(["housekeeping", "housekeeping"]);
    expect(structuredClone(orders[0]?.config)).toEqual(orders[0]?.config);
    expect(orders[0]).toMatchObject({ config: { intervals: { cleanupMs: MINUTE_MS }, retention: expect.any(Object) } });
  });

  it("take their time from a configuration that was loaded again", async () => {
    const { process, orders } = testProcess();
    const runtime = testRuntime({ database, process, config: config({ intervals: { cleanup: 300 } }) });
    let text = await runtime.configuration.read();
    const configuration = { ...runtime.configuration, read: async () => text };
    const monitor = await started({ ...runtime, configuration });
    text = JSON.stringify(config({ intervals: { cleanup: 10 } }));
    expect(await monitor.reload()).toBe(true);
    await runtime.clock.advance(5 * MINUTE_MS + 10_000);
    expect(orders).toHaveLength(2);
  });

  it("move the WAL into the database when that has grown to 250 pages, unless the thread for it has died", async () => {
    let pages = 249;
    const { process, orders } = testProcess();
    const thread = { ...process.jobThread, hasFailed: false };
    const runtime = testRuntime({ database, process: { ...process, jobThread: thread }, config: config() });
    await started({
      ...runtime,
      openDatabase: async (prove) => ({ ...(await runtime.openDatabase(prove)), walPages: () => pages }),
    });
    await runtime.clock.advance(MINUTE_MS);
    expect(orders).toEqual([]);
    pages = 250;
    await runtime.clock.advance(30_000);
    expect(orders.map(({ name }) => name)).toEqual(["checkpoint", "checkpoint", "checkpoint"]);
    thread.hasFailed = true;
    await runtime.clock.advance(MINUTE_MS);
    expect(orders).toHaveLength(3);
  });

  it("run no more when it has stopped, and everything is closed once", async () => {
    const { process, orders } = testProcess();
    const runtime = testRuntime({ database, process, config: config() });
    const monitor = await createMonitor(runtime);
    await monitor.start();
    await passUntil(runtime.clock, monitor.stop());
    await runtime.clock.advance(60 * MINUTE_MS);
    expect([orders.length, runtime.closed()]).toEqual([0, 1]);
  });
});

describe("a cron event", () => {
  it("runs every job of its expression, also when the first one fails, and fails with its fault", async () => {
    const runtime = testRuntime({ database, config: config({ heartbeat: { url: "https://example.org/beat" } }) });
    const monitor = await createMonitor(runtime);
    await passUntil(runtime.clock, monitor.scheduled({ cron: "* * * * *", scheduledTime: 0 }));
    expect(JOBS.filter(({ cron }) => cron === "* * * * *").map(({ name }) => name)).toEqual(["probe-round", "vitals"]);
    // The round has committed, and the heartbeat has been tried.
    expect(database.sqlite.prepare("select count(*) from sweeps").pluck().get()).toBeGreaterThan(0);
    expect(runtime.logged).toContainEqual(expect.stringContaining("the heartbeat was not taken"));
    database.sqlite.exec("drop table tiers");
    await expect(monitor.scheduled({ cron: "*/5 * * * *", scheduledTime: 0 })).rejects.toThrow("tiers");
  });

  it("that no job has is refused", async () => {
    const monitor = await createMonitor(testRuntime({ database, config: config() }));
    await expect(monitor.scheduled({ cron: "1 2 3 4 5", scheduledTime: 0 })).rejects.toThrow("no job for cron");
  });
});

describe("a configuration that cannot be used", () => {
  it("refuses the start with every fault, and leaves nothing open", async () => {
    const runtime = testRuntime({ database, config: { services: {}, auth: { tokens: { test: {} } } } });
    await expect(createMonitor(runtime)).rejects.toMatchObject({
      isConfiguration: true,
      message: expect.stringMatching(/auth\.tokens\.test[^]*services|services[^]*auth\.tokens\.test/),
    });
    expect(runtime.closed()).toBe(1);
  });
});
