import Database from "better-sqlite3";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import type { ArchiveStore, Store } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { EVERYTHING, HOUR, T0 } from "../support/checks.ts";
import { failingD1, FAULTS, type FailingD1, type Moment } from "../support/failing-d1.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { fakeService, HEALTHY, HTTP_503 } from "../support/fake-service.ts";
import { sqliteTestDatabase } from "../support/sqlite-database.ts";
import { commitSweeps, steadySweeps } from "../support/stored-sweeps.ts";
import { sweepBench } from "../support/probe-loop-bench.ts";

type Code = keyof typeof FAULTS | "D1";

const CODES = [...(Object.keys(FAULTS) as Code[]), "D1" as const];
const OLD_HOURS_MS = 4 * HOUR;
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** A migrated database with two finished hours, 40 sweeps. */
let template: Buffer;

beforeAll(async () => {
  const database = sqliteTestDatabase();
  await commitSweeps(createD1Store(database.db), steadySweeps(40, T0 - OLD_HOURS_MS), (index) => {
    return T0 - OLD_HOURS_MS + index * 180_000;
  });
  // A database in memory cannot be in WAL mode.
  database.sqlite.pragma("journal_mode = DELETE");
  template = database.sqlite.serialize();
  database.close();
});

interface Outcome {
  readonly samples: readonly Check[];
  readonly transitions: readonly unknown[];
  readonly sweepCount: number;
  readonly listedSweeps: number;
  readonly blocks: readonly unknown[];
  readonly headHours: number;
  readonly dropped: number;
  readonly calls: number;
}

/** Start, five sweeps with a failing service, cleanup, reads; whatever fails is done again, as host and clients do. */
async function scriptedRun(code: Code, failure: (call: number) => Moment | null): Promise<Outcome> {
  const sqlite = new Database(template);
  let isHealed = false;
  const failing = failingD1(sqliteAsD1(sqlite), code, (call) => (isHealed ? null : failure(call)));
  const database = { db: failing.db, sqlite, path: "", close: () => sqlite.close() };
  const clock = new FakeClock(T0);
  const services = [fakeService("a", { intervalMs: 5_000 }), fakeService("b", { intervalMs: 5_000 })];
  const bench = await again(async () => {
    const started = sweepBench(services, { database, clock });
    await started.loop.start();
    return started;
  });
  for (let sweep = 0; sweep < 5; sweep += 1) {
    if (services[1]) services[1].response = sweep === 2 ? HTTP_503 : HEALTHY;
    await clock.advance(5_000);
  }
  const store = createD1Store(failing.db);
  await again(() => cleanUp(store, T0 + 25_000, 365 * 24 * HOUR));
  await again(() => store.listSweeps(EVERYTHING));
  await again(() => store.listSamples("a", 0, END_OF_TIME));
  isHealed = true;
  await clock.advance(3_000);
  await bench.close();
  const outcome = await outcomeOf(sqlite, failing, bench.logged);
  sqlite.close();
  return outcome;
}

async function again<Result>(step: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step();
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}

/** Read on the healthy database below. */
async function outcomeOf(sqlite: Database.Database, { calls }: FailingD1, logged: readonly string[]): Promise<Outcome> {
  const store: Store & ArchiveStore = createD1Store(sqliteAsD1(sqlite));
  const samples = await Promise.all(["a", "b"].map((id) => store.listSamples(id, 0, END_OF_TIME)));
  return {
    samples: samples.flat(),
    // Of fewer sweeps each has another generation.
    transitions: sqlite
      .prepare("select service_id, at_ms, from_status, to_status, reason, message from transitions")
      .all(),
    sweepCount: await store.countSweeps(),
    listedSweeps: (await store.listSweeps(EVERYTHING)).length,
    blocks: sqlite.prepare("select service_id, hour_ms, status_counts from hour_blocks").all(),
    headHours: Number(sqlite.prepare("select count(distinct at_ms / 3600000) from sweeps").pluck().get()),
    dropped: logged.filter((line) => line.includes("another process")).length,
    calls,
  };
}

function expectSame(outcome: Outcome, healthy: Outcome): void {
  const { calls: _calls, listedSweeps, sweepCount, ...rest } = outcome;
  const { calls: _healthyCalls, listedSweeps: _listed, sweepCount: _count, ...expected } = healthy;
  // Held checks are stored together, so sweeps may be fewer; what they hold may not differ in anything.
  expect(rest).toEqual(expected);
  expect(listedSweeps).toBe(sweepCount);
}

describe("a storage call that fails", () => {
  it("does not happen in a healthy run, which stores five sweeps and archives two hours", async () => {
    const healthy = await scriptedRun("SQLITE_BUSY", () => null);
    expect(healthy.calls).toBeGreaterThan(20);
    expect(healthy.sweepCount).toBeGreaterThanOrEqual(45);
    expect(healthy).toMatchObject({ listedSweeps: healthy.sweepCount, headHours: 1, dropped: 0 });
    const times = healthy.samples.map(({ serviceId, checkedAtMs }) => `${serviceId} ${checkedAtMs}`);
    expect(new Set(times).size).toBe(times.length);
  });

  for (const code of CODES) {
    for (const moment of ["before", "after"] as const) {
      it(`loses, doubles and halves nothing: ${code}, ${moment} it took effect, at every call`, async () => {
        const healthy = await scriptedRun(code, () => null);
        for (let call = 1; call <= healthy.calls; call += 1) {
          expectSame(await scriptedRun(code, (each) => (each === call ? moment : null)), healthy);
        }
      });
    }
  }

  it("loses nothing when the answers of several commits in a row are lost, or when nothing works for a while", async () => {
    const healthy = await scriptedRun("SQLITE_IOERR", () => null);
    for (let call = 1; call <= healthy.calls; call += 1) {
      const alternating = (each: number): Moment | null =>
        each >= call && each < call + 6 && each % 2 ? "after" : null;
      expectSame(await scriptedRun("SQLITE_IOERR", alternating), healthy);
      const outage = (each: number): Moment | null => (each >= call && each < call + 4 ? "before" : null);
      expectSame(await scriptedRun("SQLITE_IOERR", outage), healthy);
    }
  });

  it("loses and doubles nothing when any call may fail at any moment, in every text that D1 has for it", async () => {
    const healthy = await scriptedRun("D1", () => null);
    const moments = fc.array(fc.constantFrom<Moment | null>("before", "after", null, null), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(moments, async (failures) => {
        expectSame(await scriptedRun("D1", (call) => failures[call - 1] ?? null), healthy);
      }),
      { numRuns: 40 },
    );
  });
});
