/**
 * What must hold of rollups: they equal what is recomputed from the samples, whatever happened to them. Run on each database that a
 * host uses; the database is real and migrated.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHECK_STATUSES } from "../../shared/domain/monitoring/check.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { check, HOUR, MINUTE } from "../support/checks.ts";
import { failingD1 } from "../support/failing-d1.ts";
import { DAY, RollupBench, SERVICES, YEAR } from "../support/rollup-bench.ts";
import type { ContractDatabase } from "./store-contract.ts";

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

/** After each step one of them is asked, in turn, and all of them in the end. */
const QUESTIONS = SERVICES.flatMap((serviceId) =>
  [DAY, HOUR, 2 * DAY, 6 * HOUR].map((stepMs) => ({ serviceId, stepMs })),
);

const startOfTwoDays = (atMs: number): number => Math.floor(atMs / (2 * DAY)) * 2 * DAY;

/** @param runs how many histories are lived through */
export function rollupContract(
  name: string,
  open: () => ContractDatabase | Promise<ContractDatabase>,
  { runs }: { runs: number },
): void {
  describe(`rollups on ${name}`, () => {
    let database: ContractDatabase;
    let bench: RollupBench;

    const start = async (): Promise<void> => {
      database = await open();
      bench = new RollupBench(database);
    };
    beforeEach(start);
    afterEach(() => database.close());

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
          await bench.commit(nowMs, checks);
        } else if (step.kind === "housekeeping") {
          const when = step.isDone ? "after" : "before";
          const { db } = failingD1(database.db, "SQLITE_IOERR", (call) => (call === step.cutOffAt ? when : null));
          const cutOff = createD1Store(db);
          await cleanUp(cutOff, nowMs, YEAR)
            .then(() => rollUpDays(cutOff, step.budget))
            .catch(() => {});
        } else {
          const leadMs = step.days * DAY;
          for (const atMs of [nowMs + leadMs, nowMs + leadMs + 3 * HOUR])
            await bench.commit(atMs, [check("a", atMs - 5)]);
          await bench.keepHouse(nowMs + leadMs + 3 * HOUR);
          nowMs += 4 * MINUTE;
          await bench.commit(nowMs, [check("a", nowMs - 5)], { takenBack: { nowMs, leadMs } });
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
          const agree = async (nowMs: number, questions: typeof QUESTIONS): Promise<void> => {
            const range = { sinceMs: startOfTwoDays(startMs - DAY), untilMs: startOfTwoDays(nowMs) + 2 * DAY };
            for (const question of questions) {
              const query = { ...question, ...range };
              expect(await bench.rollups(query)).toEqual(await bench.recomputed(query));
            }
          };
          let looks = 0;
          // The hour in which a clock was taken back is hidden until it is archived again, and the rollup of its day may have it.
          let isHidden = false;
          const endMs = await live(startMs, steps, async (nowMs, step) => {
            isHidden ||= step.kind === "clock ahead";
            looks += 1;
            if (!isHidden) await agree(nowMs, QUESTIONS.slice(looks % QUESTIONS.length).slice(0, 1));
          });
          await bench.commit(endMs + 2 * DAY, [check("a", endMs + 2 * DAY)]);
          await bench.keepHouse(endMs + 3 * DAY);
          await agree(endMs + 2 * DAY, QUESTIONS);
          expect(await bench.store.rollUpNextDay(1)).toBeNull();
        }),
        { numRuns: runs, endOnFailure: true },
      );
    });
  });
}
