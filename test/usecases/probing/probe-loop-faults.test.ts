import { describe, expect, it, onTestFinished } from "vitest";
import { EVERYTHING, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { fakeService, HEALTHY, HTTP_503, never } from "../../support/fake-service.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";
import { testCluster, useSweepBench } from "../../support/probe-loop-bench.ts";

const started = useSweepBench();

describe("pause", () => {
  it("discards the checks that span it: a stopped process is not an outage", async () => {
    const service = fakeService("a", { timeoutMs: 2_000 });
    const { clock, loop, store, logged } = await started([service]);
    await clock.advance(2_000);
    service.response = never;
    const refresh = loop.refresh(0);
    await clock.advance(100);
    await clock.pause(300_000);
    await refresh;
    service.response = HEALTHY;
    await clock.advance(3_000);
    expect(loop.status()).toMatchObject({ pauses: 1, discardedChecks: 1 });
    expect(logged).toContain("warn check discarded");
    const statuses = (await store.listSweeps(EVERYTHING)).map(({ checks }) => checks.get("a")?.status);
    expect(new Set(statuses)).toEqual(new Set(["healthy"]));
  });

  it("stores the gap as unknown, not as downtime", async () => {
    const { clock, database } = await started([fakeService("a")]);
    await clock.advance(2_000);
    await clock.pause(600_000);
    await clock.advance(3_000);
    const { results } = await database.db.prepare("select to_status, reason from transitions order by at_ms").all();
    expect(results).toEqual([
      { to_status: "healthy", reason: null },
      { to_status: "unknown", reason: "stale" },
      { to_status: "healthy", reason: null },
    ]);
  });

  it("is also seen when the machine was suspended and only the wall clock went on", async () => {
    const service = fakeService("a", { timeoutMs: 20_000 });
    const { clock, loop } = await started([service]);
    service.response = async () => {
      await clock.sleep(3_000);
      return HEALTHY;
    };
    await clock.advance(1_000);
    clock.stepWall(7_200_000);
    await clock.advance(5_000);
    expect(loop.status().discardedChecks).toBe(1);
  });

  it("is followed by a look at every service whose evidence is too old, and by no other", async () => {
    const [often, seldom] = [fakeService("often"), fakeService("seldom", { intervalMs: 86_400_000 })];
    const { clock, store } = await started([often, seldom]);
    await clock.advance(6_000);
    const before = [often.asked, seldom.asked];
    clock.stepWall(7_200_000);
    await clock.advance(2_500);
    expect([often.asked, seldom.asked]).toEqual([Number(before[0]) + 1, before[1]]);
    const { checks } = (await store.readSnapshot())?.moment ?? {};
    expect(clock.nowMs() - Number(checks?.get("often")?.checkedAtMs)).toBeLessThan(2_500);
  });
});

describe("storage", () => {
  it("that fails keeps checks in memory, and they are committed when it works again", async () => {
    let isBroken = false;
    const service = fakeService("a", { intervalMs: 5_000 });
    const bench = await started([service], {
      wrap: (store) => ({
        ...store,
        commitSweep: (commit) =>
          isBroken ? Promise.reject(new Error("D1_ERROR: database or disk is full")) : store.commitSweep(commit),
      }),
    });
    await bench.clock.advance(2_000);
    isBroken = true;
    await bench.clock.advance(20_000);
    expect(bench.loop.status().storageWorks).toBe(false);
    expect(bench.logged.filter((line) => line.startsWith("error"))).toHaveLength(1);
    isBroken = false;
    await bench.clock.advance(2_000);
    expect(bench.loop.status().storageWorks).toBe(true);
    const samples = await bench.store.listSamples("a", 0, Number.MAX_SAFE_INTEGER);
    expect(samples).toHaveLength(service.asked);
  });

  it("that fails costs history and not sight: answers go on with what was seen, and one alert says so", async () => {
    let isBroken = false;
    const service = fakeService("a", { intervalMs: 5_000 });
    const { clock, commits, loop } = await started([service], {
      wrap: (store) => ({
        ...store,
        commitSweep: (commit) => (isBroken ? Promise.reject(new Error("disk is full")) : store.commitSweep(commit)),
      }),
    });
    await clock.advance(2_000);
    isBroken = true;
    service.response = HTTP_503;
    await clock.advance(10_000);
    const alerts = () => JSON.parse(commits.at(-1)?.body ?? "{}").alerts;
    const own = "WARNING: Monitoring is degraded - History is not being saved";
    expect(alerts()).toEqual(["CRITICAL: Service a is unhealthy - HTTP 503", own]);
    service.response = HEALTHY;
    const refresh = loop.refresh(0);
    await clock.advance(2_000);
    await refresh;
    expect(alerts()).toEqual([own]);
    isBroken = false;
    await clock.advance(2_000);
    expect(alerts()).toEqual([]);
  });

  it("that failed for long takes what has piled up in sweeps of 500, so that no stored value grows too large", async () => {
    let isBroken = false;
    const sizes: number[] = [];
    const services = Array.from({ length: 30 }, (_, n) => fakeService(`s${n}`, { intervalMs: 1_000 }));
    const { clock, store } = await started(services, {
      wrap: (real) => ({
        ...real,
        commitSweep(commit) {
          if (isBroken) return Promise.reject(new Error("disk is full"));
          sizes.push(commit.checks.length);
          return real.commitSweep(commit);
        },
      }),
    });
    await clock.advance(3_000);
    isBroken = true;
    await clock.advance(60_000);
    isBroken = false;
    await clock.advance(3_000);
    expect(Math.max(...sizes)).toBe(500);
    const samples = await Promise.all(services.map(({ id }) => store.listSamples(id, 0, Number.MAX_SAFE_INTEGER)));
    const asked = services.reduce((sum, service) => sum + service.asked, 0);
    expect(asked - samples.flat().length).toBeLessThanOrEqual(services.length);
    expect(samples.flat().length).toBeGreaterThan(1_700);
  });

  it("of more than 500 services takes a check of each in one sweep", async () => {
    const sizes: number[] = [];
    const services = Array.from({ length: 600 }, (_, n) => fakeService(`s${n}`, { intervalMs: 60_000 }));
    const { clock, loop } = await started(services, {
      wrap: (real) => ({
        ...real,
        commitSweep(commit) {
          sizes.push(commit.checks.length);
          return real.commitSweep(commit);
        },
      }),
    });
    const refreshed = loop.refresh(0);
    await clock.advance(3_000);
    await refreshed;
    expect(Math.max(...sizes)).toBe(600);
  });

  it("shared with a second process: the one that comes late drops its checks and goes on from there", async () => {
    const database = sqliteTestDatabase();
    onTestFinished(() => database.close());
    const clock = new FakeClock(T0);
    const first = await started([fakeService("a", { intervalMs: 3_000 })], { database, clock });
    const second = await started([fakeService("a", { intervalMs: 7_000 })], { database, clock });
    await clock.advance(60_000);
    const sweeps = await first.store.listSweeps(EVERYTHING);
    expect(new Set(sweeps.map(({ atMs }) => atMs)).size).toBe(sweeps.length);
    expect(await first.store.countSweeps()).toBe(sweeps.length);
    const dropped = [...first.logged, ...second.logged].filter((line) => line.includes("committed first"));
    expect(dropped.length).toBeGreaterThan(0);
  });

  it("shared with a second process of the same cadence: one stores, both show it, and neither fills the log", async () => {
    const database = sqliteTestDatabase();
    onTestFinished(() => database.close());
    const clock = new FakeClock(T0);
    const [one, two] = [fakeService("a"), fakeService("a")];
    const first = await started([one], { database, clock });
    const second = await started([two], { database, clock });
    await clock.advance(600_000);
    one.response = HTTP_503;
    two.response = HTTP_503;
    await clock.advance(60_000);
    for (const { commits } of [first, second]) {
      expect(commits.at(-1)?.moment.checks.get("a")?.status).toBe("unhealthy");
    }
    const stored = await first.store.listSamples("a", 0, Number.MAX_SAFE_INTEGER);
    expect(stored).toHaveLength(Math.max(one.asked, two.asked));
    for (const { logged } of [first, second]) {
      expect(logged.filter((line) => line.includes("committed first")).length).toBeLessThanOrEqual(2);
    }
    const { results } = await database.db.prepare("select to_status from transitions").all();
    expect(results.map((row) => row["to_status"])).toEqual(["healthy", "unhealthy"]);
  });

  for (const ending of [0, 1] as const) {
    it(`shared with a second process: when the ${ending === 0 ? "first" : "second"} ends, the other stores from its next check on`, async () => {
      const database = sqliteTestDatabase();
      onTestFinished(() => database.close());
      const clock = new FakeClock(T0);
      const services = [fakeService("a"), fakeService("a")] as const;
      // So that the commits of one always come after the looks of the other.
      services[1].response = async () => {
        await clock.sleep(500);
        return HEALTHY;
      };
      const first = await started([services[0]], { database, clock });
      const second = await started([services[1]], { database, clock });
      const [goes, stays] = ending === 0 ? [first, second] : [second, first];
      const left = services[1 - ending] ?? expect.unreachable();
      await clock.advance(5_000);
      void second.loop.refresh(0); // from now on it is the second one that stores
      await clock.advance(95_000);
      await goes.close();
      const sampleCount = async () => (await stays.store.listSamples("a", 0, Number.MAX_SAFE_INTEGER)).length;
      const [storedBefore, askedBefore] = [await sampleCount(), left.asked];
      await clock.advance(90_000);
      expect(left.asked - askedBefore).toBe(3);
      expect((await sampleCount()) - storedBefore).toBe(3);
    });
  }

  it("that is locked in the moment of the stop is tried again, so that nothing is lost", async () => {
    let failuresLeft = 0;
    const service = fakeService("a");
    const { clock, loop, logged, store } = await started([service], {
      wrap: (real) => ({
        ...real,
        commitSweep: (commit) =>
          failuresLeft-- > 0 ? Promise.reject(new Error("database is locked")) : real.commitSweep(commit),
      }),
    });
    failuresLeft = 3;
    await clock.advance(40);
    const stopped = loop.stop();
    await clock.advance(1_000);
    await stopped;
    expect(await store.listSamples("a", 0, Number.MAX_SAFE_INTEGER)).toHaveLength(service.asked);
    expect(failuresLeft).toBe(-1);
    expect(logged.filter((line) => line.includes("could not be stored"))).toEqual([]);
  });

  it("that stays broken keeps no stop waiting for long, and the log says what is lost", async () => {
    let isBroken = false;
    const { clock, loop, logged } = await started([fakeService("a")], {
      wrap: (real) => ({
        ...real,
        commitSweep: (commit) => (isBroken ? Promise.reject(new Error("disk is full")) : real.commitSweep(commit)),
      }),
    });
    isBroken = true;
    await clock.advance(40);
    const stopped = loop.stop();
    await clock.advance(1_500);
    await stopped;
    expect(logged.at(-1)).toBe("error checks could not be stored");
    expect(clock.pendingTimers).toBe(0);
  });

  it("holds the state over a restart: no transition, the same last checks", async () => {
    const database = sqliteTestDatabase();
    onTestFinished(() => database.close());
    const clock = new FakeClock(T0);
    const before = await started([fakeService("a")], { database, clock });
    await clock.advance(5_000);
    await before.close();
    const after = await started([fakeService("a")], { database, clock });
    expect(after.commits[0]?.moment.checks.get("a")?.status).toBe("healthy");
    await clock.advance(5_000);
    const { results } = await database.db.prepare("select * from transitions").all();
    expect(results).toHaveLength(1);
  });
});

describe("reload", () => {
  it("keeps the state of services that stay, drops those that go and checks new ones at once", async () => {
    const [stays, goes, comes] = [fakeService("stays"), fakeService("goes"), fakeService("comes")];
    const { clock, database, loop, store } = await started([stays, goes]);
    await clock.advance(2_000);
    const asked = stays.asked;
    loop.replaceCluster(testCluster([stays, comes]));
    await clock.advance(2_000);
    expect(stays.asked).toBe(asked);
    expect([...((await store.readSnapshot())?.moment.checks.keys() ?? [])].sort()).toEqual(["comes", "stays"]);
    expect((await store.readSnapshot())?.moment.roster.map(({ id }) => id)).toEqual(["stays", "comes"]);
    const { results } = await database.db.prepare("select to_status from transitions where service_id = 'goes'").all();
    expect(results.map((row) => row["to_status"])).toEqual(["healthy", "unknown"]);
    const count = goes.asked;
    await clock.advance(120_000);
    expect(goes.asked).toBe(count);
  });
});
