/** What is found of the last hour, from sweeps that were really stored. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LastHours, SLOTS } from "../../../functions/page/last-hours.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { check, failing } from "../../support/checks.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { commitSweeps } from "../../support/stored-sweeps.ts";

const START_MS = Date.parse("2026-11-25T12:00:00Z");
const SLOT_MS = 120_000;
const HOUR_LATER_MS = START_MS + SLOTS * SLOT_MS + 30_000;

describe("the last hour of every service", () => {
  let database: TestDatabase;
  let queries = 0;
  beforeEach(() => {
    queries = 0;
    database = sqliteTestDatabase();
  });
  afterEach(() => database.close());

  const counted = () => ({
    db: new Proxy(database.db, {
      get(db, name: keyof typeof database.db) {
        if (name === "prepare") queries += 1;
        return Reflect.get(db, name) as unknown;
      },
    }),
    turns: null,
  });
  /** One a sweep, by how many milliseconds after the start it ended. */
  const store = (seen: readonly (readonly [afterMs: number, responseTimeMs: number | null])[]) =>
    commitSweeps(
      createD1Store(database.db),
      seen.map(([afterMs, responseTimeMs]) => [
        responseTimeMs === null ? failing("a", START_MS + afterMs) : check("a", START_MS + afterMs, { responseTimeMs }),
      ]),
      (index) => START_MS + (seen[index]?.[0] ?? 0) + 10,
    );

  it("is a median for every two minutes, of answers only", async () => {
    await store([
      [1_000, 10],
      [2_000, 90],
      [3_000, 20],
      [SLOT_MS + 1_000, null],
      [2 * SLOT_MS + 1_000, 7],
    ]);
    const hour = await new LastHours().read(counted(), HOUR_LATER_MS);
    expect(hour.of("a").slice(0, 4)).toEqual([20, null, 7, null]);
    expect(hour.of("a")).toHaveLength(SLOTS);
    expect(hour.of("unknown").every((each) => each === null)).toBe(true);
  });

  it("is read once, and then only what is new", async () => {
    await store([[1_000, 10]]);
    const hours = new LastHours();
    const reading = counted();
    await Promise.all([hours.read(reading, HOUR_LATER_MS), hours.read(reading, HOUR_LATER_MS + 1_000)]);
    expect(queries).toBe(1);
    await store([[SLOTS * SLOT_MS + 1_000, 30]]);
    const hour = await hours.read(reading, HOUR_LATER_MS + SLOT_MS);
    expect([queries, hour.of("a").at(-1), hour.of("a")[0]]).toEqual([2, 30, null]);
  });

  it("has no hole where somebody looks before the checks of a moment are committed", async () => {
    const hours = new LastHours();
    await hours.read(counted(), START_MS + SLOT_MS + 1_000);
    await store([[SLOT_MS - 1_000, 10]]);
    const hour = await hours.read(counted(), START_MS + SLOT_MS + 31_000);
    expect(hour.of("a").at(-1)).toBe(10);
  });
});
