/** A clock that is ahead by weeks when the monitor starts, on both kinds of runtime, and right afterwards. */
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import type { Monitor } from "../../../functions/runtime.ts";
import { DAY_MS } from "../../../shared/domain/text/timestamp.ts";
import { MINUTE, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { passUntil, testProcess, testRuntime } from "../../support/test-runtime.ts";

/** Nobody is there: the service fails. */
const AUTH = { tokens: { test: { hash: `sha256:${"0".repeat(64)}` } } };
const CONFIG = { services: { a: { url: "https://a.example/", critical: true } } };
const PRESENT = /^2026-03-10T1[01]:/;
const LOGGED = /^warn the clock was ahead by more than a day/;

let database: TestDatabase;
beforeEach(() => {
  database = sqliteTestDatabase();
  onTestFinished(() => database.close());
});

async function ask(monitor: Monitor, path: string) {
  const headers = { host: "localhost" };
  return JSON.parse(await (await monitor.fetch(new Request(`http://localhost${path}`, { headers }))).text());
}

/** A process that stays, or rounds by cron; either goes on for some minutes. */
const KINDS = {
  "a process that stays": { process: testProcess().process, config: CONFIG },
  "rounds by cron": { process: null, config: { ...CONFIG, auth: AUTH } },
};

for (const [kind, { process, config }] of Object.entries(KINDS)) {
  const start = async (clock: FakeClock) => {
    const runtime = testRuntime({ database, process, config, clock });
    const monitor = await createMonitor(runtime);
    await monitor.start();
    const pass = async (minutes: number): Promise<void> => {
      for (let minute = 0; minute < minutes; minute += 1) {
        if (process === null)
          await passUntil(clock, monitor.scheduled({ cron: "* * * * *", scheduledTime: clock.nowMs() }));
        await clock.advance(MINUTE);
      }
    };
    return { monitor, pass, logged: runtime.logged, stop: () => passUntil(clock, monitor.stop()) };
  };
  const stored = (sql: string): unknown => database.sqlite.prepare(sql).pluck().all();

  describe(`a clock that is ahead, with ${kind}`, () => {
    for (const [lead, leadMs] of Object.entries({ "400 days": 400 * DAY_MS, "25 hours": (25 / 24) * DAY_MS })) {
      it(`by ${lead} at one start is not followed at the next`, async () => {
        const first = await start(new FakeClock(T0 + leadMs));
        await first.pass(3);
        await first.stop();
        expect(first.logged.filter((line) => LOGGED.test(line))).toEqual([]);
        const second = await start(new FakeClock(T0 + 5 * MINUTE));
        await second.pass(3);
        expect(second.logged.filter((line) => LOGGED.test(line))).toHaveLength(1);
        expect(stored("select fired_at_ms - 1773136800000 < 86400000 from alerts")).toEqual([1, 1]);
        expect(stored("select count(*) from alerts where ended_at_ms is null and subject = 'a'")).toEqual([1]);
        await second.stop();
      });
    }

    it("is put right while it goes on", async () => {
      const clock = new FakeClock(T0 + 400 * DAY_MS);
      const running = await start(clock);
      await running.pass(3);
      clock.stepWall(-400 * DAY_MS);
      await running.pass(3);
      expect(running.logged.filter((line) => LOGGED.test(line))).toHaveLength(1);
      expect(stored("select at_ms - 1773136800000 < 86400000 from snapshot")).toEqual([1]);
      expect(stored("select started_at_ms - 1773136800000 < 86400000 from snapshot")).toEqual([1]);
      const { overall_since: overallSince, services } = JSON.parse(String(stored("select body from snapshot")));
      expect([overallSince, services.a.since]).toEqual([
        expect.stringMatching(PRESENT),
        expect.stringMatching(PRESENT),
      ]);
      await running.stop();
    });

    it("leaves what is stored alone while nobody has set the clock, and goes on when somebody has", async () => {
      const first = await start(new FakeClock(T0));
      await first.pass(3);
      await first.stop();
      const clock = new FakeClock(10_000);
      const second = await start(clock);
      await second.pass(2);
      clock.stepWall(T0 + 60 * MINUTE);
      await second.pass(2);
      expect(second.logged.filter((line) => LOGGED.test(line))).toEqual([]);
      expect(stored("select count(*) from sweeps where at_ms < 1773136800000")).toEqual([0]);
      expect(stored("select at_ms >= 1773136800000 + 3600000 from snapshot")).toEqual([1]);
      await second.stop();
    });
  });
}

it("that nobody has set on a new database is set while it runs: alerts and the start are as long ago as they were", async () => {
  const runtime = testRuntime({
    database,
    process: testProcess().process,
    config: CONFIG,
    clock: new FakeClock(10_000),
  });
  const monitor = await createMonitor(runtime);
  await monitor.start();
  await runtime.clock.advance(3 * MINUTE);
  runtime.clock.stepWall(T0);
  await runtime.clock.advance(2 * MINUTE);
  const alert = database.sqlite.prepare("select fired_at_ms, since_ms from alerts where ended_at_ms is null").all();
  const nowMs = runtime.clock.nowMs();
  for (const atMs of alert.flatMap((row) => Object.values(row as Record<string, number>))) {
    expect(nowMs - atMs).toBeLessThanOrEqual(5 * MINUTE);
  }
  expect(alert).toHaveLength(1);
  const { process, clock } = (await ask(monitor, "/health")).checks;
  expect(clock.status).toBe("ok");
  // The time from the last sweep to the setting is not known.
  expect([process.uptime_s > 280, process.uptime_s <= 300]).toEqual([true, true]);
  expect((await ask(monitor, "/cluster_health")).cluster_stats.monitoring_uptime).toBeLessThanOrEqual(300);
  expect(runtime.logged.filter((line) => line.includes("the clock was set"))).toHaveLength(1);
  await passUntil(runtime.clock, monitor.stop());
});

describe("a machine that has just booted", () => {
  const start = async (wallMs: number, clockSettlesInMs: number) => {
    const process = { ...testProcess().process, clockSettlesInMs };
    const runtime = testRuntime({ database, process, config: CONFIG, clock: new FakeClock(wallMs) });
    const monitor = await createMonitor(runtime);
    await monitor.start();
    await runtime.clock.advance(2 * MINUTE);
    return { ...runtime, stop: () => passUntil(runtime.clock, monitor.stop()) };
  };
  const countBefore = (atMs: number): unknown =>
    database.sqlite.prepare("select count(*) from sweeps where at_ms < ?").pluck().get(atMs);
  const taken = (logged: readonly string[]): string[] => logged.filter((line) => LOGGED.test(line));

  beforeEach(async () => (await start(T0, 0)).stop());

  it("goes on from what is stored until its clock is set", async () => {
    const { clock, logged, stop } = await start(T0 - 10 * DAY_MS, 5 * MINUTE);
    clock.stepWall(10 * DAY_MS + 60 * MINUTE);
    await clock.advance(20 * MINUTE);
    await stop();
    expect(taken(logged)).toEqual([]);
    expect(logged.filter((line) => line.startsWith("warn the clock is behind what is stored"))).toHaveLength(1);
    expect(countBefore(T0)).toBe(0);
  });

  it("believes its clock when nobody has set it meanwhile", async () => {
    const { clock, logged, stop } = await start(T0 - 10 * DAY_MS, 5 * MINUTE);
    expect(countBefore(T0)).toBe(0);
    await clock.advance(4 * MINUTE);
    await stop();
    expect(taken(logged)).toHaveLength(1);
    expect(countBefore(T0)).toBeGreaterThan(0);
  });
});

it("shows the present and says what was wrong", async () => {
  const { process } = testProcess();
  for (const wallMs of [T0 + 400 * DAY_MS, T0]) {
    const runtime = testRuntime({ database, process, config: CONFIG, clock: new FakeClock(wallMs) });
    const monitor = await createMonitor(runtime);
    await monitor.start();
    await runtime.clock.advance(3 * MINUTE);
    if (wallMs === T0) {
      const { status, checks, last_check: lastCheck } = await ask(monitor, "/health");
      expect([status, checks.clock.status]).toEqual(["healthy", "failing"]);
      expect(checks.clock.message).toMatch(/^The clock was 400 d 2 min ahead until 2026-03-10T/);
      expect(lastCheck).toMatch(PRESENT);
      expect((await ask(monitor, "/history?limit=1")).history[0].timestamp).toMatch(PRESENT);
    }
    await passUntil(runtime.clock, monitor.stop());
  }
});
