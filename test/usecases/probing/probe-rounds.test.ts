/**
 * Rounds as cron wakes them: late, doubled, killed.
 */
import { describe, expect, it } from "vitest";
import { DEFAULT_ALERT_RULES } from "../../../shared/domain/alerting/alert.ts";
import { fakeService, HEALTHY } from "../../support/fake-service.ts";
import { after, finish, MINUTE_MS, minutely, roundsBench as bench } from "../../support/probe-rounds-bench.ts";

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
    await clock.advance(14_500);
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
