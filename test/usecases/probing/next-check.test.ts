/** What /cluster_health says of when a service will be looked at again, against when it is. */
import { describe, expect, it } from "vitest";
import { MINUTE, T0 } from "../../support/checks.ts";
import { fakeService, HEALTHY, REFUSED } from "../../support/fake-service.ts";
import { useSweepBench } from "../../support/probe-loop-bench.ts";
import { MINUTE_MS, roundsBench } from "../../support/probe-rounds-bench.ts";
import { passUntil } from "../../support/test-runtime.ts";

const started = useSweepBench();

const told = (body: string, id: string): number => Date.parse(JSON.parse(body).services[id].next_check_at);

describe("the next check that is told", () => {
  it("is when a process that stays looks again, and the latest when it hurries", async () => {
    const begun: number[] = [];
    const service = fakeService("a");
    const { clock, commits } = await started([service, fakeService("b", { dependsOn: ["a"], intervalMs: 60_000 })]);
    service.response = async ({ clock: time }) => {
      begun.push(time.nowMs());
      return begun.length > 4 && begun.length < 9 ? REFUSED : HEALTHY;
    };
    await clock.advance(10 * MINUTE);
    const toldBefore = (atMs: number): number => {
      return told(commits.findLast(({ moment }) => moment.atMs < atMs)?.body ?? "", "a");
    };
    // A failure is repeated at once, within its check.
    const checks = begun.slice(1).filter((atMs, index) => atMs - (begun[index] ?? 0) > 2_000);
    const steady = [...checks.slice(0, 3), ...checks.slice(-10)];
    expect(steady.map(toldBefore)).toEqual(steady);
    for (const atMs of checks) expect(toldBefore(atMs)).toBeGreaterThanOrEqual(atMs);
  });

  it("is the round that looks again, where cron wakes us", async () => {
    const services = [fakeService("a", { intervalMs: MINUTE_MS }), fakeService("b", { intervalMs: 5 * MINUTE_MS })];
    const { clock, store, sweeper } = roundsBench(services);
    const body = async (): Promise<string> => (await store.readSnapshot())?.body ?? "";
    await passUntil(clock, sweeper.round());
    expect([told(await body(), "a"), told(await body(), "b")]).toEqual([T0 + MINUTE_MS, T0 + 5 * MINUTE_MS]);
    for (let minute = 1; minute <= 5; minute += 1) {
      await clock.advance(T0 + minute * MINUTE_MS - clock.nowMs());
      expect(services[1]?.asked).toBe(1);
      await passUntil(clock, sweeper.round());
    }
    expect(services.map(({ asked }) => asked)).toEqual([6, 2]);
  });
});
