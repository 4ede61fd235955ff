/**
 * What can go wrong with a cron event: it does not come, comes late, twice, or while the last one is at work.
 */
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../functions/bundle.ts";
import { JOBS } from "../../functions/jobs/registry.ts";
import { openDatabase } from "../../shared/node/database.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { EVERYTHING, HOUR, MINUTE, T0 } from "../support/checks.ts";
import { sqliteTestDatabase, type TestDatabase } from "../support/sqlite-database.ts";
import { testRuntime } from "../support/test-runtime.ts";
import { commitSweeps, steadySweeps } from "../support/stored-sweeps.ts";

const SWEEPS = 240;
const START_MS = T0 - SWEEPS * 30_000;
const LATE_MS = 5 * MINUTE;

let database: TestDatabase;
let before: unknown;

/** Two hours of history, none of it archived. */
beforeEach(async () => {
  database = sqliteTestDatabase();
  onTestFinished(() => database.close());
  database.sqlite.pragma("synchronous = OFF");
  await commitSweeps(createD1Store(database.db), steadySweeps(SWEEPS, START_MS), (index) => START_MS + index * 30_000);
  before = await history();
});

async function history() {
  const store = createD1Store(database.db);
  const times = (await store.listSweeps(EVERYTHING)).map(({ atMs, checks }) => [atMs, checks.size]);
  const samples = await Promise.all(["a", "b"].map((id) => store.listSamples(id, 0, Number.MAX_SAFE_INTEGER)));
  return { times, samples, count: await store.countSweeps() };
}

/** The event as a platform delivers it; each process has a connection of its own. */
async function event(scheduledTime: number, db = database.db): Promise<void> {
  const config = {
    services: { a: { url: "https://example.org/" } },
    auth: { tokens: { test: { hash: `sha256:${"0".repeat(64)}` } } },
  };
  const monitor = await createMonitor(testRuntime({ database: { ...database, db }, config }));
  await monitor.scheduled({ cron: JOBS.find(({ name }) => name === "housekeeping")?.cron ?? "", scheduledTime });
}

function blocks(): unknown {
  return database.sqlite.prepare("select service_id, hour_ms from hour_blocks order by 1, 2").all();
}

describe("a cron event", () => {
  it("that comes after many have been skipped makes up for all of them", async () => {
    await event(T0 + 2 * HOUR);
    expect(blocks()).toHaveLength(4);
    expect(await history()).toEqual(before);
  });

  it("that comes late, twice, or after a later one changes nothing more", async () => {
    await event(T0 + 2 * HOUR);
    const archived = blocks();
    for (const scheduledMs of [T0 + 2 * HOUR, T0 + 2 * HOUR - LATE_MS, T0, T0 + 2 * HOUR + LATE_MS]) {
      await event(scheduledMs);
      expect(blocks()).toEqual(archived);
      expect(await history()).toEqual(before);
    }
  });

  it("that overlaps with another one, on a connection of its own, loses and doubles nothing", async () => {
    const second = openDatabase(database.path);
    onTestFinished(() => void second.close());
    const events = [event(T0 + 2 * HOUR), event(T0 + 2 * HOUR, sqliteAsD1(second)), event(T0 + HOUR)];
    await Promise.all(events);
    expect(blocks()).toHaveLength(4);
    expect(await history()).toEqual(before);
  });
});
