import { expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import { JOBS } from "../../../functions/jobs/registry.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { check, HOUR, moment, T0 } from "../../support/checks.ts";
import { put, message } from "../../support/outbox-bench.ts";
import { sqliteTestDatabase } from "../../support/sqlite-database.ts";
import { commitOf } from "../../support/stored-sweeps.ts";
import { testRuntime } from "../../support/test-runtime.ts";

const DAY = 24 * HOUR;
const HOUSEKEEPING = JOBS.find(({ name }) => name === "housekeeping")?.cron ?? "";

/** An audit trail and a message that was sent, all of T0. */
async function lived() {
  const database = sqliteTestDatabase();
  onTestFinished(() => database.close());
  const store = createD1Store(database.db);
  let generation = 0;
  const sweep = async (atMs: number, more: object = {}): Promise<void> => {
    const checks = [check("a", atMs - 1)];
    await store.commitSweep({ ...commitOf(moment(atMs, checks), checks, generation), ...more });
    generation += 1;
  };
  const audit = ["first", "second"].map((target) => ({
    atMs: T0,
    actor: "kim",
    action: "channel.tested",
    target,
    detail: {},
  }));
  await sweep(T0, { audit });
  await put(database.db, "slack", message("sent", ["a"], T0));
  database.sqlite.prepare("update notifications set state = 'accepted', ended_at_ms = ?").run(T0);
  const config = {
    services: { a: { url: "https://example.org/" } },
    auth: { tokens: { test: { hash: `sha256:${"0".repeat(64)}` } } },
  };
  const monitor = await createMonitor(testRuntime({ database, config }));
  const keepHouse = (scheduledTime: number) => monitor.scheduled({ cron: HOUSEKEEPING, scheduledTime });
  const counts = () =>
    ["audit", "notifications", "hour_sweeps"].map((table) =>
      database.sqlite.prepare(`select count(*) from ${table}`).pluck().get(),
    );
  return { sweep, keepHouse, counts, database };
}

it("forgets what was done and sent long ago, once half a day has been seen", async () => {
  const { sweep, keepHouse, counts } = await lived();
  const laterMs = T0 + 400 * DAY;
  await sweep(laterMs - 13 * HOUR);
  await sweep(laterMs);
  await keepHouse(laterMs);
  expect(counts()).toEqual([0, 0, 2]);
});

it("forgets nothing by a clock that is 400 days ahead since a moment ago, however often it is at work by it", async () => {
  const { sweep, keepHouse, counts } = await lived();
  const aheadMs = T0 + 400 * DAY;
  for (const atMs of [aheadMs, aheadMs + HOUR, aheadMs + 11 * HOUR]) {
    await sweep(atMs);
    await keepHouse(atMs);
  }
  expect(counts().slice(0, 2)).toEqual([2, 1]);
});

it("bounds the audit trail whatever the clock says", async () => {
  const { keepHouse, counts, database } = await lived();
  const detail = JSON.stringify({ text: "x".repeat(16_000) });
  const insert = database.sqlite.prepare(
    "insert into audit (at_ms, actor, action, target, detail) values (?, 'kim', 'channel.tested', 'large', ?)",
  );
  database.sqlite.transaction(() => {
    for (let index = 0; index < 7_000; index += 1) insert.run(T0, detail);
  })();
  await keepHouse(T0 + 400 * DAY);
  expect(Number(counts()[0])).toBe(Math.floor(100_000_000 / (detail.length + "large".length + 60)));
});
