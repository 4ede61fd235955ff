/**
 * A service that says that it is starting: through the probe loop, over restarts and other settings.
 */
import { describe, expect, it, onTestFinished } from "vitest";
import { MINUTE, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { fakeService, HEALTHY, type FakeService } from "../../support/fake-service.ts";
import { testCluster, useSweepBench, type SweepBench } from "../../support/probe-loop-bench.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";

const started = useSweepBench();

const seen = async ({ store }: SweepBench): Promise<unknown> => (await store.readSnapshot())?.moment.checks.get("a");

const STARTING = { ...HEALTHY, status: "degraded", reason: "starting", message: "Loading its model" } as const;

function starting(): FakeService {
  const service = fakeService("a", { startingGraceMs: 5 * MINUTE, intervalMs: 0.5 * MINUTE });
  service.response = STARTING;
  return service;
}

describe("a service that is starting", () => {
  it("is degraded for its grace, then unhealthy, also when the monitor has been restarted meanwhile", async () => {
    const database = sqliteTestDatabase();
    onTestFinished(() => database.close());
    const clock = new FakeClock(T0);
    const service = starting();
    const first = await started([service], { database, clock });
    await clock.advance(3 * MINUTE);
    expect(await seen(first)).toMatchObject({ status: "degraded", reason: "starting", message: "Loading its model" });
    await first.close();
    const second = await started([service], { database, clock });
    await clock.advance(1.5 * MINUTE);
    expect(await seen(second)).toMatchObject({ status: "degraded" });
    await clock.advance(1.5 * MINUTE);
    const message = expect.stringMatching(/^Loading its model, for [56] min( \d+ s)? by now$/);
    expect(await seen(second)).toMatchObject({ status: "unhealthy", reason: "starting", message });
  });

  it("has its grace anew when it has been up in between, and with other settings", async () => {
    const service = starting();
    const bench = await started([service]);
    const { clock, loop } = bench;
    await clock.advance(4 * MINUTE);
    service.response = HEALTHY;
    await clock.advance(MINUTE);
    service.response = STARTING;
    await clock.advance(4 * MINUTE);
    expect(await seen(bench)).toMatchObject({ status: "degraded" });
    loop.replaceCluster(testCluster([{ ...service, fingerprint: "other settings" }]));
    await clock.advance(4 * MINUTE);
    expect(await seen(bench)).toMatchObject({ status: "degraded" });
    await clock.advance(2 * MINUTE);
    expect(await seen(bench)).toMatchObject({ status: "unhealthy" });
  });
});
