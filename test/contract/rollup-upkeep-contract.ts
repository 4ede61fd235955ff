/**
 * How rollups are kept: what expires beside them, in which steps they are made, and what becomes of those of an earlier kind. Run on
 * each database that a host uses; the database is real and migrated.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startOfHour } from "../../shared/domain/history/hour-block.ts";
import type { RollupQuery } from "../../shared/ports/store.ts";
import { nextStaleDay, noteProgress } from "../../shared/storage/day-rollups.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { EVERYTHING, HOUR, T0 } from "../support/checks.ts";
import { DAY, DAY_0, RollupBench, YEAR } from "../support/rollup-bench.ts";
import type { ContractDatabase } from "./store-contract.ts";

const firstDay = (serviceId: string): RollupQuery => {
  return { serviceId, stepMs: DAY, sinceMs: DAY_0, untilMs: DAY_0 + DAY };
};

/** @param runs of the property */
export function rollupUpkeepContract(
  name: string,
  open: () => ContractDatabase | Promise<ContractDatabase>,
  { runs }: { runs: number },
): void {
  describe(`upkeep of rollups on ${name}`, () => {
    let database: ContractDatabase;
    let bench: RollupBench;

    const start = async (): Promise<void> => {
      database = await open();
      bench = new RollupBench(database);
    };
    beforeEach(start);
    afterEach(() => database.close());

    it("of a day stay when its hours expire, and those of newer days and hours with them", async () => {
      await bench.liveFourDays();
      const query = { ...firstDay("a"), untilMs: DAY_0 + 2 * DAY };
      const before = await bench.rollups(query);
      const samples = await bench.store.listSamples("a", DAY_0 + 30 * HOUR, T0 + YEAR);
      await bench.store.deleteBlocksBefore(DAY_0 + 30 * HOUR, 0);
      expect(await bench.store.listSamples("a", 0, DAY_0 + 29 * HOUR)).toEqual([]);
      expect(await bench.store.listSamples("a", 0, T0 + YEAR)).toEqual(samples);
      expect(await bench.rollups(query)).toEqual(before);
      expect(before.size).toBe(2);
      // As after a late check.
      await bench.mark(0, 1);
      await rollUpDays(bench.store, Infinity);
      expect(await bench.rollups(query)).toEqual(before);
    });

    it("are made again of a day of which something is archived meanwhile", async () => {
      await bench.liveFourDays();
      const { db } = database;
      await bench.mark(0);
      const begun = await nextStaleDay(db);
      if (!begun) throw new Error("a day is marked");
      await db.prepare("update stale_days set marks = 2").run();
      await db.batch([noteProgress(db, begun, "a")]);
      await db.batch([noteProgress(db, begun, null)]);
      expect(await nextStaleDay(db)).toEqual({ day_ms: DAY_0, marks: 2, done_until: "" });
    });

    it("and everything newer than what expires stay, whatever the cutoff", async () => {
      const query = { ...firstDay("b"), untilMs: DAY_0 + 3 * DAY };
      const hours = fc.uniqueArray(fc.integer({ min: 0, max: 4 * 24 }), { minLength: 1, maxLength: 6 });
      const cutoffs = fc.record({ hours, keptHours: fc.integer({ min: 0, max: 100 }), inHourMs: fc.nat(HOUR - 1) });
      await fc.assert(
        fc.asyncProperty(cutoffs, async ({ hours: some, keptHours, inHourMs }) => {
          await database.close();
          await start();
          await bench.liveFourDays();
          const before = await bench.rollups(query);
          for (const hour of some) {
            const beforeMs = DAY_0 + hour * HOUR + inHourMs;
            const there = await bench.store.listSamples("b", 0, T0 + YEAR);
            const sweeps = await bench.store.listSweeps({ ...EVERYTHING, sinceMs: startOfHour(beforeMs) });
            await bench.store.deleteBlocksBefore(beforeMs, keptHours);
            const left = await bench.store.listSamples("b", 0, T0 + YEAR);
            expect(left).toEqual(there.slice(there.length - left.length));
            expect(left.length).toBeGreaterThanOrEqual(
              there.filter((each) => each.checkedAtMs >= startOfHour(beforeMs)).length,
            );
            expect(await bench.store.listSweeps({ ...EVERYTHING, sinceMs: startOfHour(beforeMs) })).toEqual(sweeps);
            expect(await bench.rollups(query)).toEqual(before);
          }
        }),
        { numRuns: runs, endOnFailure: true },
      );
    });

    it("are waited for by the hours that expire, though no longer than two days", async () => {
      await bench.liveFourDays();
      const days = await bench.storedDays();
      await bench.db.prepare("delete from day_rollups").run();
      const oldest = async () => (await bench.store.listSamples("a", 0, T0 + YEAR))[0]?.checkedAtMs;
      await bench.mark(0, 1, 2);
      const nowMs = DAY_0 + 4 * DAY;
      await cleanUp(bench.store, nowMs, 2 * DAY);
      expect(await oldest()).toBe(DAY_0);
      await cleanUp(bench.store, nowMs, DAY);
      expect(await oldest()).toBe(DAY_0 + DAY);
      await rollUpDays(bench.store, Infinity);
      await cleanUp(bench.store, nowMs, DAY);
      expect(await oldest()).toBe(DAY_0 + 3 * DAY);
      expect(await bench.storedDays()).toBe(days - 2); // the first day had gone
    });

    it("are made a few services at a time, from where the last time ended", async () => {
      await bench.liveFourDays();
      await bench.db.prepare("delete from day_rollups").run();
      await bench.mark(0);
      for (const stored of [1, 2, 2]) {
        await bench.store.rollUpNextDay(1);
        expect(await bench.storedDays()).toBe(stored);
      }
      expect(await bench.store.rollUpNextDay(1)).toBeNull();
    });

    it("of hours of an earlier kind are read from their samples, and get the figures of today", async () => {
      await bench.liveFourDays();
      const hour = { ...firstDay("a"), stepMs: HOUR } as const;
      const [days, hours] = [await bench.rollups(firstDay("a")), await bench.rollups(hour)];
      const { results: before } = await bench.db
        .prepare("select * from hour_blocks order by service_id, hour_ms")
        .all();
      // As version 0.1 left them: buckets of 5 %, of what was answered correctly.
      await bench.db.batch([
        bench.db.prepare(
          `update hour_blocks set histogram = case when hour_ms % 2 = 0 then '[46,1]' else null end, sum_tenth_ms = 0`,
        ),
        bench.db.prepare("delete from day_rollups"),
        bench.db.prepare(
          "insert or replace into stale_days select distinct hour_ms - hour_ms % 86400000, 1, '' from hour_sweeps",
        ),
      ]);
      expect([await bench.rollups(firstDay("a")), await bench.rollups(hour)]).toEqual([days, hours]);
      await rollUpDays(bench.store, Infinity);
      const { results: after } = await bench.db.prepare("select * from hour_blocks order by service_id, hour_ms").all();
      const lastMs = DAY_0 + 3 * DAY; // the last day is not over
      const old = (rows: typeof before) => rows.filter((row) => Number(row["hour_ms"]) < lastMs);
      expect(old(after)).toEqual(old(before));
      expect(await bench.storedDays()).toBe(6);
      expect([await bench.rollups(firstDay("a")), await bench.rollups(hour)]).toEqual([days, hours]);
    });

    it("are none of a service that was never checked", async () => {
      await bench.liveFourDays();
      expect(await bench.rollups(firstDay("nobody"))).toEqual(new Map());
    });
  });
}
