/** A stored value that cannot be read is in the log, whoever meets it and whichever platform it is. */
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createJobRunner, createMonitor } from "../../../functions/bundle.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { HOUR, T0 } from "../../support/checks.ts";
import type { JobOrder } from "../../../shared/ports/job-thread.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { commitSweeps, steadySweeps } from "../../support/stored-sweeps.ts";
import { passUntil, testProcess, testRuntime } from "../../support/test-runtime.ts";
import { TEST_AUTH, TEST_TOKEN } from "../../support/worker-process.ts";

const SWEEPS = 240;
const START_MS = T0 - SWEEPS * 30_000;
const OLD_SWEEP = `at_ms = ${START_MS + 10 * 30_000}`;

let database: TestDatabase;

beforeEach(async () => {
  database = sqliteTestDatabase();
  onTestFinished(() => database.close());
  database.sqlite.pragma("synchronous = OFF");
  await commitSweeps(createD1Store(database.db), steadySweeps(SWEEPS, START_MS), (index) => START_MS + index * 30_000);
});

function damage(table: string, column: string, where: string): void {
  expect(database.sqlite.prepare(`update ${table} set ${column} = '[' where ${where}`).run().changes).toBe(1);
}

/** A monitor two hours later; in a process that stays alive the job thread is the one of the bundle, on this thread. */
async function start(staysAlive: boolean) {
  const runtime = testRuntime({
    database,
    clock: new FakeClock(T0 + 2 * HOUR),
    config: { services: { a: { url: "https://example.org/" } }, auth: TEST_AUTH },
  });
  const { process } = testProcess();
  const { clock, log } = runtime;
  const run = createJobRunner({ db: database.db, clock, log, pause: async () => {}, checkpoint() {} });
  const jobs: Promise<void>[] = [];
  const jobThread = { ...process.jobThread, run: (order: JobOrder) => void jobs.push(run(order)) };
  const living = { abilities: { ...runtime.abilities }, process: { ...process, jobThread } };
  const monitor = await createMonitor({ ...runtime, ...(staysAlive && living) });
  await monitor.start();
  onTestFinished(async () => {
    await Promise.all(jobs);
    await passUntil(runtime.clock, monitor.stop());
  });
  const toldOf = () => runtime.logged.filter((line) => line.startsWith("error stored value cannot be read"));
  return { monitor, clock: runtime.clock, toldOf };
}

describe.each([
  ["stays alive", true],
  ["is woken by the platform", false],
])("where the process %s", (_kind, staysAlive) => {
  it("a request tells of it", async () => {
    const { monitor, toldOf } = await start(staysAlive);
    damage("sweeps", "checks", OLD_SWEEP);
    const url = `http://localhost/history?limit=5&until=${new Date(START_MS + 11 * 30_000).toISOString()}`;
    const headers = { host: "localhost", authorization: `Bearer ${TEST_TOKEN}` };
    expect((await monitor.fetch(new Request(url, { headers }))).status).toBe(200);
    expect(toldOf()).toEqual([expect.stringContaining('"table":"sweeps"')]);
  });

  it("a sweep tells of it", async () => {
    damage("rosters", "content", "true");
    const { monitor, clock, toldOf } = await start(staysAlive);
    if (!staysAlive) await passUntil(clock, monitor.scheduled({ cron: "* * * * *", scheduledTime: T0 }));
    expect(toldOf()).toEqual([expect.stringContaining('"table":"rosters"')]);
  });

  it.each([
    ["checks", "'{bro'"],
    ["local_node", "'{bro'"],
    ["at_ms", "'x'"],
    ["generation", "'x'"],
    ["alerting", "'{bro'"],
  ])("a start tells of a snapshot whose %s is damaged, and the next commit replaces it", async (column, value) => {
    database.sqlite.exec(`update snapshot set ${column} = ${value}`);
    const { monitor, clock, toldOf } = await start(staysAlive);
    if (!staysAlive) await passUntil(clock, monitor.scheduled({ cron: "* * * * *", scheduledTime: T0 }));
    const headers = { host: "localhost", authorization: `Bearer ${TEST_TOKEN}` };
    for (const path of ["/cluster_health", "/alerts", "/health"])
      expect((await monitor.fetch(new Request(`http://localhost${path}`, { headers }))).status).toBe(200);
    expect(toldOf().join("\n")).toContain(`"table":"snapshot","key":"${column}"`);
    const unreadable: string[] = [];
    await createD1Store(database.db, { onUnreadable: ({ key }) => unreadable.push(key) }).readSnapshot();
    expect(unreadable).toEqual([]);
  });

  it("a job tells of it", async () => {
    const { monitor, clock, toldOf } = await start(staysAlive);
    damage("sweeps", "checks", OLD_SWEEP);
    if (staysAlive) await clock.advance(5 * 60_000);
    else await monitor.scheduled({ cron: "*/5 * * * *", scheduledTime: clock.nowMs() });
    await expect.poll(toldOf).toEqual([expect.stringContaining('"table":"sweeps"')]);
  });
});
