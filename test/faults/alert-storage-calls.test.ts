/**
 * An outage that is told and ends, with storage that fails at any call: it is told once, ends once, and is stored whole.
 */
import Database from "better-sqlite3";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { T0 } from "../support/checks.ts";
import { count, deliveryBench, expectWhole, migratedDatabase, typesOf } from "../support/delivery-bench.ts";
import { failingD1, FAULTS, type Moment } from "../support/failing-d1.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { fakeService, HEALTHY, HTTP_503 } from "../support/fake-service.ts";

const S = 1_000;

type Code = keyof typeof FAULTS;

let template: Buffer;

beforeAll(() => {
  template = migratedDatabase();
});

/** Resolves with the number of storage calls. */
async function scriptedRun(failure: (call: number) => Moment | null, code: Code = "SQLITE_IOERR"): Promise<number> {
  const sqlite = new Database(template);
  const clock = new FakeClock(T0);
  let isHealed = false;
  const failing = failingD1(sqliteAsD1(sqlite), code, (call) => (isHealed ? null : failure(call)));
  const service = fakeService("a", { intervalMs: 5_000 });
  let bench = deliveryBench([service], failing.db, clock);
  const starts = (): Promise<boolean> =>
    bench.loop.start().then(
      () => true,
      () => false,
    );
  // As a host that is started again.
  while (!(await starts())) bench = deliveryBench([service], failing.db, clock);
  await clock.advance(6 * S);
  service.response = HTTP_503;
  await clock.advance(20 * S);
  service.response = HEALTHY;
  await clock.advance(20 * S);
  isHealed = true;
  await clock.advance(40 * S);
  expect(typesOf(bench)).toEqual(["alert.firing", "alert.resolved"]);
  await expectWhole(sqlite, bench);
  await bench.stop();
  expect(count(sqlite, "select count(*) from checks")).toBe(service.asked);
  expect(count(sqlite, "select count(*) - count(distinct service_id || checked_at_ms) from checks")).toBe(0);
  expect(count(sqlite, "select count(*) from alerts where subject = 'a' and state = 'resolved'")).toBe(1);
  // Of storage itself at most one, and it is over.
  expect(count(sqlite, "select count(*) from alerts where subject <> 'a'")).toBeLessThanOrEqual(1);
  expect(count(sqlite, "select count(*) from alerts where state <> 'resolved'")).toBe(0);
  sqlite.close();
  return failing.calls;
}

const within = (each: number, first: number, calls: number): boolean => each >= first && each < first + calls;

const PATTERNS: Readonly<Record<string, (each: number, first: number) => Moment | null>> = {
  "fails before it takes effect": (each, first) => (each === first ? "before" : null),
  "takes effect, but its answer is lost": (each, first) => (each === first ? "after" : null),
  "and the next 5 fail": (each, first) => (within(each, first, 6) ? "before" : null),
  "and the next 59 fail": (each, first) => (within(each, first, 60) ? "before" : null),
  "and the next 59 lose their answers": (each, first) => (within(each, first, 60) ? "after" : null),
  "and every second one of the next 20 lose their answers": (each, first) =>
    within(each, first, 20) && each % 2 === 0 ? "after" : null,
};

describe("an outage is told once, ends once, and is stored whole", () => {
  it.each(Object.entries(PATTERNS))("when the n-th storage call %s, for every n", async (_what, failure) => {
    const calls = await scriptedRun(() => null);
    expect(calls).toBeGreaterThan(30);
    for (let first = 1; first <= calls; first += 1) await scriptedRun((each) => failure(each, first));
  });

  it.each(Object.keys(FAULTS) as Code[])("when any call may fail at any moment: %s", async (code) => {
    const moments = fc.array(fc.constantFrom<Moment | null>("before", "after", null), { maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(moments, async (failures) => {
        expect(await scriptedRun((call) => failures[call - 1] ?? null, code)).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});
