/**
 * What must hold of rollups: they equal what is recomputed from the samples, whatever happened to them. One test for each sentence of
 * shared/ports/store.ts about them. Run on each database that a host uses; the database is real and migrated.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startOfHour } from "../../shared/domain/history/hour-block.ts";
import { mergeRollups, rollUp, type Rollup } from "../../shared/domain/history/rollup.ts";
import { CHECK_STATUSES, type Check } from "../../shared/domain/monitoring/check.ts";
import { startOfDay } from "../../shared/domain/text/timestamp.ts";
import type { ArchiveStore, RollupQuery, Store } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { nextStaleDay, noteProgress } from "../../shared/storage/day-rollups.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { check, failing, HOUR, MINUTE, moment, T0 } from "../support/checks.ts";
import { failingD1 } from "../support/failing-d1.ts";
import { commitOf } from "../support/stored-sweeps.ts";
import type { ContractDatabase } from "./store-contract.ts";

const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const SERVICES = ["a", "b"];

/** A day before the clocks of Europe change, before a leap day, before the end of a year, and any other. */
const STARTS = ["2026-03-28T20:10:00Z", "2028-02-28T22:50:00Z", "2025-12-31T09:00:00Z", "2026-03-10T10:00:00Z"];

const anyCheck = fc.record({
  serviceId: fc.constantFrom(...SERVICES),
  lateMs: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 5 * HOUR })),
  tenths: fc.integer({ min: 0, max: 100_000 }),
  status: fc.constantFrom(...CHECK_STATUSES),
});

const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("sweep"),
      gapMs: fc.integer({ min: 1, max: 5 * HOUR }),
      checks: fc.array(anyCheck, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("housekeeping"),
      budget: fc.constantFrom(1, 2, 1_000),
      cutOffAt: fc.option(fc.integer({ min: 1, max: 40 })),
      isDone: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("clock ahead"), days: fc.integer({ min: 2, max: 40 }) }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never;

/** @param runs how many histories are lived through */
export function rollupContract(
  name: string,
  open: () => ContractDatabase | Promise<ContractDatabase>,
  { runs }: { runs: number },
): void {
  describe(`rollups on ${name}`, () => {
    let database: ContractDatabase;
    let store: Store & ArchiveStore;
    let generation: number;

    const start = async (): Promise<void> => {
      database = await open();
      store = createD1Store(database.db);
      generation = 0;
    };
    beforeEach(start);
    afterEach(() => database.close());

    const commit = async (atMs: number, checks: readonly Check[], more: object = {}): Promise<void> => {
      expect(await store.commitSweep({ ...commitOf(moment(atMs, checks), checks, generation), ...more })).toBe(
        "committed",
      );
      generation += 1;
    };
    const keepHouse = async (nowMs: number): Promise<void> => {
      await cleanUp(store, nowMs, YEAR);
      await rollUpDays(store, Infinity);
    };
    /** By the start of each part that holds something. */
    const rollups = async (query: RollupQuery): Promise<Map<number, Rollup>> => {
      const startOf = query.by === "day" ? startOfDay : startOfHour;
      const parts = Map.groupBy(await store.readRollups(query), ({ atMs }) => startOf(atMs));
      return new Map([...parts].map(([atMs, own]) => [atMs, mergeRollups(own.map(({ rollup }) => rollup))]));
    };
    const recomputed = async ({ serviceId, sinceMs, untilMs, by }: RollupQuery): Promise<Map<number, Rollup>> => {
      const samples = await store.listSamples(serviceId, sinceMs, untilMs);
      const startOf = by === "day" ? startOfDay : startOfHour;
      const parts = Map.groupBy(samples, ({ checkedAtMs }) => startOf(checkedAtMs));
      return new Map([...parts].map(([atMs, own]) => [atMs, rollUp(own)]));
    };
    const storedDays = async (): Promise<number> =>
      Number(await database.db.prepare("select count(*) as n from day_rollups").first("n"));

    /** Lives through the steps; after each of them `look` may look. Returns when it ended. */
    async function live(
      startMs: number,
      steps: readonly Step[],
      look: (nowMs: number, step: Step) => Promise<void>,
    ): Promise<number> {
      let nowMs = startMs;
      for (const step of steps) {
        if (step.kind === "sweep") {
          nowMs += step.gapMs;
          const checks = step.checks.map(({ serviceId, lateMs, tenths, status }) =>
            check(serviceId, nowMs - lateMs, { status, responseTimeMs: tenths / 10 }),
          );
          await commit(nowMs, checks);
        } else if (step.kind === "housekeeping") {
          const when = step.isDone ? "after" : "before";
          const { db } = failingD1(database.db, "SQLITE_IOERR", (call) => (call === step.cutOffAt ? when : null));
          const cutOff = createD1Store(db);
          await cleanUp(cutOff, nowMs, YEAR)
            .then(() => rollUpDays(cutOff, step.budget))
            .catch(() => {});
        } else {
          const leadMs = step.days * DAY;
          for (const atMs of [nowMs + leadMs, nowMs + leadMs + 3 * HOUR]) await commit(atMs, [check("a", atMs - 5)]);
          await keepHouse(nowMs + leadMs + 3 * HOUR);
          nowMs += 4 * MINUTE;
          await commit(nowMs, [check("a", nowMs - 5)], { takenBack: { nowMs, leadMs } });
        }
        await look(nowMs, step);
      }
      return nowMs;
    }

    it("equal what is recomputed from the samples, late ones too, whatever is cut off, comes twice or by a wrong clock", async () => {
      const history = fc.record({
        start: fc.constantFrom(...STARTS),
        steps: fc.array(anyStep, { minLength: 3, maxLength: 25 }),
      });
      await fc.assert(
        fc.asyncProperty(history, async ({ start: text, steps }) => {
          await database.close();
          await start();
          const startMs = Date.parse(text);
          const agree = async (nowMs: number): Promise<void> => {
            for (const serviceId of SERVICES)
              for (const by of ["day", "hour"] as const) {
                const query = {
                  serviceId,
                  by,
                  sinceMs: startOfDay(startMs) - DAY,
                  untilMs: startOfDay(nowMs) + 2 * DAY,
                };
                expect(await rollups(query)).toEqual(await recomputed(query));
              }
          };
          // The hour in which a clock was taken back is hidden until it is archived again, and the rollup of its day may have it.
          let isHidden = false;
          const endMs = await live(startMs, steps, async (nowMs, step) => {
            isHidden ||= step.kind === "clock ahead";
            if (!isHidden) await agree(nowMs);
          });
          await commit(endMs + 2 * DAY, [check("a", endMs + 2 * DAY)]);
          await keepHouse(endMs + 3 * DAY);
          await agree(endMs + 2 * DAY);
          expect(await store.rollUpNextDay(1)).toBeNull();
        }),
        { numRuns: runs, endOnFailure: true },
      );
    });

    /** A check every quarter of an hour for four days, and everything archived. */
    async function fourDays(): Promise<void> {
      for (let atMs = startOfDay(T0); atMs < startOfDay(T0) + 4 * DAY; atMs += 30 * MINUTE) {
        const checks = SERVICES.map((id, index) =>
          atMs % (7 * HOUR) === 0 ? failing(id, atMs) : check(id, atMs, { responseTimeMs: 10 + index }),
        );
        await commit(atMs, checks);
      }
      await keepHouse(startOfDay(T0) + 4 * DAY + 2 * HOUR);
    }
    const firstDay = (serviceId: string): RollupQuery => ({
      serviceId,
      by: "day",
      sinceMs: startOfDay(T0),
      untilMs: startOfDay(T0) + DAY,
    });

    it("of a day stay when its hours expire, and those of newer days and hours with them", async () => {
      await fourDays();
      const query = { ...firstDay("a"), untilMs: startOfDay(T0) + 2 * DAY };
      const before = await rollups(query);
      const samples = await store.listSamples("a", startOfDay(T0) + 30 * HOUR, T0 + YEAR);
      await store.deleteBlocksBefore(startOfDay(T0) + 30 * HOUR, 0);
      expect(await store.listSamples("a", 0, startOfDay(T0) + 29 * HOUR)).toEqual([]);
      expect(await store.listSamples("a", 0, T0 + YEAR)).toEqual(samples);
      expect(await rollups(query)).toEqual(before);
      expect(before.size).toBe(2);
      // As after a late check.
      const mark = database.db.prepare("insert or replace into stale_days (day_ms, marks) values (?, 1)");
      for (const day of [0, 1]) await mark.bind(startOfDay(T0) + day * DAY).run();
      await rollUpDays(store, Infinity);
      expect(await rollups(query)).toEqual(before);
    });

    it("are made again of a day of which something is archived meanwhile", async () => {
      await fourDays();
      const { db } = database;
      const mark = db.prepare("insert or replace into stale_days (day_ms, marks) values (?, ?)");
      await mark.bind(startOfDay(T0), 1).run();
      const begun = await nextStaleDay(db);
      if (!begun) throw new Error("a day is marked");
      await mark.bind(startOfDay(T0), 2).run();
      await db.batch([noteProgress(db, begun, "a")]);
      await db.batch([noteProgress(db, begun, null)]);
      expect(await nextStaleDay(db)).toEqual({ day_ms: startOfDay(T0), marks: 2, done_until: "" });
    });

    it("are waited for by the hours that expire, though no longer than two days", async () => {
      await fourDays();
      const days = await storedDays();
      await database.db.prepare("delete from day_rollups").run();
      const oldest = async () => (await store.listSamples("a", 0, T0 + YEAR))[0]?.checkedAtMs;
      const mark = database.db.prepare("insert or replace into stale_days (day_ms, marks) values (?, 1)");
      for (const day of [0, 1, 2]) await mark.bind(startOfDay(T0) + day * DAY).run();
      const nowMs = startOfDay(T0) + 4 * DAY;
      await cleanUp(store, nowMs, 2 * DAY);
      expect(await oldest()).toBe(startOfDay(T0));
      await cleanUp(store, nowMs, DAY);
      expect(await oldest()).toBe(startOfDay(T0) + DAY);
      await rollUpDays(store, Infinity);
      await cleanUp(store, nowMs, DAY);
      expect(await oldest()).toBe(startOfDay(T0) + 3 * DAY);
      expect(await storedDays()).toBe(days - 2); // the first day had gone
    });

    it("are made a few services at a time, from where the last time ended", async () => {
      await fourDays();
      await database.db.prepare("delete from day_rollups").run();
      await database.db.prepare("insert into stale_days (day_ms, marks) values (?, 1)").bind(startOfDay(T0)).run();
      for (const stored of [1, 2, 2]) {
        await store.rollUpNextDay(1);
        expect(await storedDays()).toBe(stored);
      }
      expect(await store.rollUpNextDay(1)).toBeNull();
    });

    it("of hours of an earlier kind are read from their samples, and get the figures of today", async () => {
      await fourDays();
      const hour = { ...firstDay("a"), by: "hour" } as const;
      const [days, hours] = [await rollups(firstDay("a")), await rollups(hour)];
      const { results: before } = await database.db
        .prepare("select * from hour_blocks order by service_id, hour_ms")
        .all();
      // As version 0.1 left them: buckets of 5 %, of what was answered correctly.
      await database.db.batch([
        database.db.prepare(
          `update hour_blocks set histogram = case when hour_ms % 2 = 0 then '[46,1]' else null end, sum_tenth_ms = 0`,
        ),
        database.db.prepare("delete from day_rollups"),
        database.db.prepare(
          "insert or replace into stale_days select distinct hour_ms - hour_ms % 86400000, 1, '' from hour_sweeps",
        ),
      ]);
      expect([await rollups(firstDay("a")), await rollups(hour)]).toEqual([days, hours]);
      await rollUpDays(store, Infinity);
      const { results: after } = await database.db
        .prepare("select * from hour_blocks order by service_id, hour_ms")
        .all();
      const lastMs = startOfDay(T0) + 3 * DAY; // the last day is not over
      const old = (rows: typeof before) => rows.filter((row) => Number(row["hour_ms"]) < lastMs);
      expect(old(after)).toEqual(old(before));
      expect(await storedDays()).toBe(6);
      expect([await rollups(firstDay("a")), await rollups(hour)]).toEqual([days, hours]);
    });

    it("are none of a service that was never checked", async () => {
      await fourDays();
      expect(await rollups(firstDay("nobody"))).toEqual(new Map());
    });
  });
}
