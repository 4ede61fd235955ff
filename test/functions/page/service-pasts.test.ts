/** What a row says of the past, from what was really stored. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServicePasts } from "../../../functions/page/service-pasts.ts";
import { StatusBoards } from "../../../shared/domain/monitoring/status-board.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { check, failing, ROSTER } from "../../support/checks.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { commitSweeps } from "../../support/stored-sweeps.ts";

const START_MS = Date.parse("2026-11-25T12:00:00Z");
const MINUTE_MS = 60_000;

describe("the past of every service", () => {
  let database: TestDatabase;
  let pasts: ServicePasts;
  beforeEach(() => {
    database = sqliteTestDatabase();
    pasts = pastsOf();
  });
  afterEach(() => database.close());

  const pastsOf = () => {
    const store = createD1Store(database.db);
    return new ServicePasts({
      db: database.db,
      tell: () => {},
      turns: null,
      config: () => ({ timezone: "UTC" }) as never,
      snapshots: { read: () => store.readSnapshot() },
      boards: new StatusBoards(),
    });
  };
  const look = (nowMs: number) => pasts.of(ROSTER, nowMs);
  const commit = (atMs: number, isUp: boolean) =>
    commitSweeps(createD1Store(database.db), [[isUp ? check("a", atMs) : failing("a", atMs)]], () => atMs + 1);

  it("is none before the first commit", async () => {
    expect((await look(START_MS)).size).toBe(0);
  });

  it("is ninety days, of which nobody watched the first ones", async () => {
    await commit(START_MS, true);
    const past = (await look(START_MS + 10_000)).get("a");
    expect([past?.days.length, past?.days.at(-1), past?.uptime.uptime_percent]).toEqual([90, "2026-11-25", 100]);
    expect(past?.uptime.healthy.slice(0, 89).every((each) => each === null)).toBe(true);
  });

  it("is looked at anew when the status has changed, though it was seen a moment ago", async () => {
    await commit(START_MS, true);
    expect((await look(START_MS + 1_000)).get("a")?.uptime.outages).toBe(0);
    await commit(START_MS + 2_000, false);
    expect((await look(START_MS + 3_000)).get("a")?.uptime.outages).toBe(1);
  });

  it("has the share of now while a status goes on", async () => {
    await commit(START_MS, true);
    await commit(START_MS + MINUTE_MS, false);
    const percentAt = async (nowMs: number) => {
      await commit(nowMs - 1_000, false);
      return (await look(nowMs)).get("a")?.uptime.uptime_percent;
    };
    expect(await percentAt(START_MS + 2 * MINUTE_MS)).toBe(50);
    expect(await percentAt(START_MS + 3 * MINUTE_MS)).toBe(33.33);
    expect(await percentAt(START_MS + 4 * MINUTE_MS)).toBe(25);
  });

  it("is the same object while nothing of it is new", async () => {
    await commit(START_MS, true);
    const first = (await look(START_MS + 1_000)).get("a");
    await commit(START_MS + 5_000, true);
    expect((await look(START_MS + 6_000)).get("a")).toBe(first);
  });
});
