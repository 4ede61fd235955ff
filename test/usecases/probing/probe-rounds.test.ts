/**
 * Rounds as cron wakes them: late, doubled, killed, on storage that loses answers.
 */
import { afterEach, describe, expect, it } from "vitest";
import type { HttpTransport } from "../../../shared/ports/http-transport.ts";
import type { MonitoredService } from "../../../shared/ports/prober.ts";
import type { Store } from "../../../shared/ports/store.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { ProbeRounds } from "../../../shared/usecases/probing/probe-rounds.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { DEFAULT_ALERT_RULES } from "../../../shared/domain/alerting/alert.ts";
import { fakeService, HEALTHY, type FakeService } from "../../support/fake-service.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { testCluster } from "../../support/probe-loop-bench.ts";

const MINUTE_MS = 60_000;

const NO_HTTP: HttpTransport = {
  exchange() {
    throw new Error("a fake service needs no transport");
  },
};

const databases: TestDatabase[] = [];

afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});

function bench(services: readonly FakeService[], wrap: (store: Store) => Store = (same) => same) {
  const database = sqliteTestDatabase();
  databases.push(database);
  const clock = new FakeClock(T0);
  const logged: string[] = [];
  const store = createD1Store(database.db);
  /** As in another isolate: nothing is shared but the database. */
  const another = (configured: readonly MonitoredService[] = services) =>
    new ProbeRounds(
      {
        store: wrap(store),
        clock,
        http: NO_HTTP,
        hostStats: { current: () => ({ cpuPercent: null, memory: null, disk: null }) },
        log: { write: (level, message) => logged.push(`${level} ${message}`) },
        random: () => 0.5,
        deliverer: { deliverDue: async () => Infinity },
      },
      testCluster(configured),
    );
  const sampleCount = async (id: string) => (await store.listSamples(id, 0, T0 * 2)).length;
  return { clock, store, logged, another, sampleCount, sweeper: another() };
}

const minutely = (id: string) => fakeService(id, { intervalMs: MINUTE_MS });
const after = (clock: FakeClock, ms: number) => async () => {
  await clock.sleep(ms);
  return HEALTHY;
};

/** Lets everything that the round waits for happen. */
async function finish(clock: FakeClock, round: Promise<void>, ms = 30_000): Promise<void> {
  await clock.advance(ms);
  await round;
}

describe("a round", () => {
  it("probes everything and commits it once", async () => {
    const services = [minutely("a"), minutely("b")];
    const { clock, store, sweeper } = bench(services);
    await finish(clock, sweeper.round());
    expect(services.map(({ asked }) => asked)).toEqual([1, 1]);
    expect(await store.countSweeps()).toBe(1);
    expect((await store.readSnapshot())?.moment.checks.get("b")?.status).toBe("healthy");
  });

  it("leaves those alone whose interval has not passed", async () => {
    const services = [minutely("a"), fakeService("rare", { intervalMs: 5 * MINUTE_MS })];
    const { clock, sweeper } = bench(services);
    for (let minute = 0; minute < 5; minute += 1) await finish(clock, sweeper.round(), MINUTE_MS);
    expect(services.map(({ asked }) => asked)).toEqual([5, 1]);
    await finish(clock, sweeper.round(), MINUTE_MS);
    expect(services.map(({ asked }) => asked)).toEqual([6, 2]);
  });

  it("that comes some seconds early still looks at what was looked at a minute ago", async () => {
    const service = minutely("a");
    const { clock, sweeper } = bench([service]);
    await finish(clock, sweeper.round(), 40_000);
    await finish(clock, sweeper.round(), 1);
    expect(service.asked).toBe(2);
  });

  it("that is fired twice at once probes and stores each service once", async () => {
    const service = minutely("a");
    const { clock, sweeper, sampleCount } = bench([service]);
    service.response = after(clock, 100);
    const rounds = [sweeper.round(), sweeper.round()];
    await clock.advance(40_000);
    await Promise.all(rounds);
    expect(service.asked).toBe(1);
    expect(await sampleCount("a")).toBe(1);
  });

  it("that runs in two isolates at once stores each service once", async () => {
    const services = [minutely("a"), minutely("b")];
    const { clock, another, sampleCount, store } = bench(services);
    for (const service of services) service.response = after(clock, 100);
    const rounds = [another().round(), another().round()];
    await clock.advance(30_000);
    await Promise.all(rounds);
    expect([await sampleCount("a"), await sampleCount("b")]).toEqual([1, 1]);
    expect(await store.countSweeps()).toBe(1);
  });

  it("keeps what it alone has looked at when another one commits first", async () => {
    const [quick, slow] = [minutely("quick"), minutely("slow")];
    const { clock, another, sampleCount } = bench([quick, slow]);
    slow.response = after(clock, 20_000);
    const round = another().round();
    await clock.advance(100);
    quick.response = { ...HEALTHY, responseTimeMs: 1 };
    slow.response = HEALTHY;
    const refresh = another().refresh(0);
    await clock.advance(100);
    await refresh;
    await finish(clock, round, 40_000);
    expect([await sampleCount("quick"), await sampleCount("slow")]).toEqual([1, 1]);
  });

  it("makes up for rounds that were skipped, late or killed", async () => {
    const service = minutely("a");
    const { clock, another } = bench([service]);
    await finish(clock, another().round());
    service.response = () => new Promise(() => {});
    void another().round(); // killed: its isolate is gone before it ends
    await clock.advance(5 * MINUTE_MS);
    service.response = HEALTHY;
    const asked = service.asked;
    await finish(clock, another().round());
    expect(service.asked).toBe(asked + 1);
  });

  it("commits what has finished while a slow service is still being asked", async () => {
    const slow = fakeService("slow", { intervalMs: MINUTE_MS, timeoutMs: 20_000 });
    const others = Array.from({ length: 11 }, (_, index) => minutely(`s${index}`));
    const { clock, store, sweeper } = bench([slow, ...others]);
    slow.response = after(clock, 15_000);
    for (const service of others) service.response = after(clock, 3_000);
    const round = sweeper.round();
    await clock.advance(12_000);
    expect((await store.readSnapshot())?.moment.checks.size).toBe(11);
    await finish(clock, round);
    expect((await store.readSnapshot())?.moment.checks.size).toBe(12);
  });

  it("asks six at a time at most, and those that timed out last time at the end", async () => {
    // Decided at the first failure, so that no round looks twice.
    const alertRules = { ...DEFAULT_ALERT_RULES, failures: 1 };
    const services = Array.from({ length: 20 }, (_, index) =>
      fakeService(`s${index}`, { intervalMs: MINUTE_MS, alertRules }),
    );
    const { clock, sweeper } = bench(services);
    const order: string[] = [];
    let running = 0;
    let most = 0;
    for (const service of services) {
      service.response = async () => {
        order.push(service.id);
        most = Math.max(most, (running += 1));
        await clock.sleep(1_000);
        running -= 1;
        return service.id === "s0"
          ? { ...HEALTHY, status: "timeout", reason: "deadline_response", message: "x" }
          : HEALTHY;
      };
    }
    await finish(clock, sweeper.round(), MINUTE_MS);
    expect([most, order[0]]).toEqual([6, "s0"]);
    order.length = 0;
    await finish(clock, sweeper.round(), MINUTE_MS);
    expect(order.at(-1)).toBe("s0");
  });

  it("shows the services of a new configuration even when none of them is due", async () => {
    const service = minutely("a");
    const { clock, store, another } = bench([service]);
    await finish(clock, another().round(), 1_000);
    await finish(clock, another([{ ...service, name: "Renamed" }]).round(), 1_000);
    expect((await store.readSnapshot())?.moment.roster[0]?.name).toBe("Renamed");
    expect(service.asked).toBe(1);
  });
});

describe("refresh", () => {
  it("looks at what is older than asked for, and joins the round that runs", async () => {
    const service = minutely("a");
    const { clock, sweeper } = bench([service]);
    service.response = after(clock, 1_000);
    const round = sweeper.round();
    await clock.advance(500);
    const refreshes = Array.from({ length: 10 }, () => sweeper.refresh(10_000));
    await clock.advance(40_000);
    await Promise.all([round, ...refreshes]);
    expect(service.asked).toBe(1);
    await finish(clock, sweeper.refresh(10_000));
    expect(service.asked).toBe(2);
  });

  it("does not wait for ever for a round that was killed", async () => {
    const service = minutely("a");
    let reads = 0;
    const { clock, sweeper } = bench([service], (store) => ({
      ...store,
      readSnapshot: () => ((reads += 1) === 1 ? new Promise(() => {}) : store.readSnapshot()),
    }));
    void sweeper.round();
    service.response = after(clock, 1_000);
    const refreshes = Array.from({ length: 10 }, () => sweeper.refresh(10_000));
    await clock.advance(40_000);
    await Promise.all(refreshes);
    expect(service.asked).toBe(1);
  });
});

describe("status", () => {
  it("is that of a scheduler that works from the first round until three have been missed", async () => {
    const { clock, sweeper } = bench([minutely("a")]);
    expect(await sweeper.status()).toMatchObject({ schedulerWorks: false });
    await finish(clock, sweeper.round(), 2 * MINUTE_MS);
    expect(await sweeper.status()).toMatchObject({ schedulerWorks: true });
    await clock.advance(MINUTE_MS);
    expect(await sweeper.status()).toMatchObject({ schedulerWorks: false });
  });
});

/** As D1 says it (developers.cloudflare.com/d1/observability/debug-d1). */
const D1_ERRORS = [
  "D1_ERROR: D1 DB reset because its code was updated.",
  "D1_ERROR: Network connection lost.",
  "D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.",
  "D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.",
  "D1_ERROR: D1 DB is overloaded. Too many requests queued.",
  "D1_ERROR: Exceeded maximum DB memory limit.",
];

type Moment = "before" | "after";

/** Fails the calls of the store that the test names, before they do anything or after they have. */
function failing(message: string, failure: (call: number) => Moment | null): (store: Store) => Store {
  let calls = 0;
  const wrap =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const moment = failure((calls += 1));
      if (moment === "before") throw new Error(message);
      const result = await call(...args);
      if (moment === "after") throw new Error(message);
      return result;
    };
  return (store) => ({ ...store, readSnapshot: wrap(store.readSnapshot), commitSweep: wrap(store.commitSweep) });
}

describe.each(D1_ERRORS)("%s", (message) => {
  it.each(["before", "after"] as const)("%s any single call costs no check and doubles none", async (moment) => {
    for (let broken = 2; broken <= 4; broken += 1) {
      const service = minutely("a");
      const wrap = failing(message, (call) => (call === broken ? moment : null));
      const { clock, sweeper, sampleCount, store } = bench([service], wrap);
      await finish(clock, sweeper.round());
      expect([broken, await sampleCount("a"), await store.countSweeps()]).toEqual([broken, 1, 1]);
    }
  });

  it("four times in a row costs no check", async () => {
    const service = minutely("a");
    const wrap = failing(message, (call) => (call >= 2 && call <= 9 ? "before" : null));
    const { clock, sweeper, sampleCount } = bench([service], wrap);
    await finish(clock, sweeper.round());
    expect(await sampleCount("a")).toBe(1);
  });

  it("for good ends the round with a line in the log, and the next one looks again", async () => {
    const service = minutely("a");
    let isBroken = true;
    const { clock, sweeper, sampleCount, logged } = bench(
      [service],
      failing(message, (call) => (isBroken && call > 1 ? "before" : null)),
    );
    await finish(clock, sweeper.round(), MINUTE_MS);
    expect(logged).toEqual(["error the round failed"]);
    isBroken = false;
    await finish(clock, sweeper.round());
    expect([service.asked, await sampleCount("a")]).toEqual([2, 1]);
  });
});
