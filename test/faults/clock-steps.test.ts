import { describe, expect, it, onTestFinished } from "vitest";
import { steadyClock } from "../../shared/common/steady-clock.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { HOUR } from "../support/checks.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { fakeService, HEALTHY, HTTP_503 } from "../support/fake-service.ts";
import { sqliteTestDatabase } from "../support/sqlite-database.ts";
import { useSweepBench } from "../support/probe-loop-bench.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";

const DAY = 24 * HOUR;
const END_OF_TIME = Number.MAX_SAFE_INTEGER;
const STEPS = { "an hour": HOUR, "a day": DAY };

/** One minute before the leap day of 2028. */
const BEFORE_LEAP_DAY = Date.UTC(2028, 1, 28, 23, 59);

const started = useSweepBench();

/** The clock of the Node host: what is shown and stored never runs backwards. */
class HostClock extends FakeClock {
  readonly #steady = steadyClock(
    { ...systemClock, nowMs: () => super.nowMs(), monotonicMs: () => this.monotonicMs() },
    { floorMs: 0, settlesInMs: 0 },
  );

  override nowMs(): number {
    return this.#steady.nowMs();
  }
}

async function running(startMs: number, intervalMs = 30_000) {
  const services = [fakeService("a", { intervalMs }), fakeService("b", { intervalMs, critical: false })];
  const clock = new HostClock(startMs);
  const database = sqliteTestDatabase();
  onTestFinished(() => database.close());
  const bench = await started(services, { clock, database });
  await clock.advance(120_000);
  return { ...bench, clock, database, services };
}

type Running = Awaited<ReturnType<typeof running>>;

/** What was ever told of the services, apart from our own missing evidence. */
async function problemsOf({ database, commits }: Running): Promise<unknown[]> {
  const alerts = commits.flatMap(({ body }) => JSON.parse(body).alerts);
  const sql = "select to_status from transitions where to_status not in ('healthy', 'unknown')";
  const { results } = await database.db.prepare(sql).all();
  return [...alerts, ...results];
}

async function timesOf({ store }: Running): Promise<number[]> {
  return (await store.listSamples("a", 0, END_OF_TIME)).map(({ checkedAtMs }) => checkedAtMs);
}

describe("a wall clock that is set while services are well", () => {
  for (const [name, stepMs] of Object.entries(STEPS)) {
    for (const direction of ["forward", "back"] as const) {
      it(`${name} ${direction} raises no alert, loses no check, and leaves time in order`, async () => {
        const bench = await running(BEFORE_LEAP_DAY);
        const { clock, commits, services } = bench;
        clock.stepWall(direction === "forward" ? stepMs : -stepMs);
        await clock.advance(300_000);
        expect(await problemsOf(bench)).toEqual([]);
        const { overall_status: overall, clock: told } = JSON.parse(commits.at(-1)?.body ?? "{}");
        expect(overall).toBe("healthy");
        if (direction === "forward") expect(told).toBeUndefined();
        else expect(told).toMatch(/^Time is .+ ahead of the machine's clock, and slow until that has caught up$/);
        const times = await timesOf(bench);
        expect(times).toEqual([...new Set(times)].sort((left, right) => left - right));
        expect(times).toHaveLength(services[0]?.asked ?? 0);
        for (const { moment } of commits) expect(moment.atMs).toBeGreaterThanOrEqual(moment.startedAtMs);
      });
    }

    it(`${name} forward and back again still shows a failure within an interval`, async () => {
      const bench = await running(BEFORE_LEAP_DAY);
      const { clock, commits, services } = bench;
      clock.stepWall(stepMs);
      await clock.advance(60_000);
      clock.stepWall(-stepMs);
      await clock.advance(60_000);
      expect(await problemsOf(bench)).toEqual([]);
      for (const service of services) service.response = HTTP_503;
      await clock.advance(32_000);
      expect(commits.at(-1)?.moment.checks.get("a")?.status).toBe("unhealthy");
      for (const service of services) service.response = HEALTHY;
      await clock.advance(32_000);
      expect(JSON.parse(commits.at(-1)?.body ?? "{}").alerts).toEqual([]);
    });

    it(`${name} back deletes no history, nor does forward`, async () => {
      const bench = await running(BEFORE_LEAP_DAY);
      const before = await timesOf(bench);
      const archive = createD1Store(bench.database.db);
      for (const wrongMs of [BEFORE_LEAP_DAY - stepMs, BEFORE_LEAP_DAY + stepMs, BEFORE_LEAP_DAY + 400 * DAY]) {
        await cleanUp(archive, wrongMs, 48 * HOUR);
      }
      expect(await timesOf(bench)).toEqual(before);
    });
  }
});

describe("a leap day", () => {
  it("is a day like any other: every check is there once, in its own hour, before and after archiving", async () => {
    const bench = await running(BEFORE_LEAP_DAY);
    const { clock, database, services } = bench;
    await clock.advance(120_000);
    clock.stepWall(DAY - 240_000); // asleep until the last minute of the 29th
    await clock.advance(120_000);
    const before = await timesOf(bench);
    expect(before).toHaveLength(services[0]?.asked ?? 0);
    expect(await problemsOf(bench)).toEqual([]);
    await cleanUp(createD1Store(database.db), clock.nowMs() + 2 * HOUR, 365 * DAY);
    expect(await timesOf(bench)).toEqual(before);
    const hours = database.sqlite.prepare("select hour_ms from hour_blocks where service_id = 'a' order by 1").pluck();
    expect(hours.all()).toEqual([
      Date.UTC(2028, 1, 28, 23),
      Date.UTC(2028, 1, 29),
      Date.UTC(2028, 1, 29, 23),
      Date.UTC(2028, 2, 1),
    ]);
  });
});
