import { expect, it, onTestFinished } from "vitest";
import { createMonitor } from "../../../functions/bundle.ts";
import { startOfDay } from "../../../shared/domain/text/timestamp.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { addMark } from "../../../shared/storage/marks.ts";
import { cleanUp } from "../../../shared/usecases/housekeeping/clean-up.ts";
import { rollUpDays } from "../../../shared/usecases/housekeeping/roll-up-days.ts";
import { check, failing, HOUR, MINUTE, moment, T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";
import { commitOf, commitSweeps } from "../../support/stored-sweeps.ts";
import { testRuntime } from "../../support/test-runtime.ts";
import { TEST_AUTH, TEST_TOKEN } from "../../support/worker-process.ts";

const DAY = 24 * HOUR;
const FROM_MS = startOfDay(T0);
const NOW_MS = FROM_MS + 3 * DAY + 90 * MINUTE;
const STEP_MS = 10 * MINUTE;

/** Three days and an hour and a half, a check every ten minutes; from 10:00 to 11:00 of the second day nobody answers within 10 s. */
async function lived() {
  const database = sqliteTestDatabase();
  onTestFinished(() => database.close());
  const store = createD1Store(database.db);
  const isAway = (atMs: number): boolean => atMs >= FROM_MS + 34 * HOUR && atMs < FROM_MS + 35 * HOUR;
  const count = (NOW_MS - FROM_MS) / STEP_MS;
  const sweeps = Array.from({ length: count }, (_, index) => {
    const atMs = FROM_MS + index * STEP_MS;
    return [
      isAway(atMs)
        ? failing("a", atMs, { responseTimeMs: 10_000 })
        : check("a", atMs, { responseTimeMs: 20 + (index % 6) }),
    ];
  });
  await commitSweeps(store, sweeps, (index) => FROM_MS + index * STEP_MS + 500);
  await cleanUp(store, NOW_MS, 365 * DAY);
  await rollUpDays(store, Infinity);
  for (const [service, text] of [
    ["a", "deploy 1.4.2"],
    ["b", "of another service"],
    [null, "network moved"],
  ] as const)
    await addMark(database.db, { atMs: FROM_MS + 2 * DAY, service, text, author: "ci", isPublic: false });
  return askOf(database);
}

/** Asks a monitor of what is stored for series of service a. */
async function askOf(database: TestDatabase) {
  const config = { services: { a: { url: "https://example.org/", interval: "10m" } }, auth: TEST_AUTH };
  const monitor = await createMonitor(testRuntime({ database, config, clock: new FakeClock(NOW_MS) }));
  return async (query: string) => {
    const headers = { host: "localhost", authorization: `Bearer ${TEST_TOKEN}` };
    const response = await monitor.fetch(new Request(`http://localhost/series/a${query}`, { headers }));
    const body = await response.text();
    expect(response.status).toBe(200);
    if (!query.includes("points=1000")) expect(body.length).toBeLessThan(12_000);
    return JSON.parse(body);
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);
const iso = (atMs: number): string => new Date(atMs).toISOString();

it("A series says the same of a time, whether it is made of samples, of hours or of days", async () => {
  const series = await lived();
  const since = `since=${iso(FROM_MS)}`;
  const widths = [
    { points: 1_000, stepS: 300 },
    { points: 288, stepS: 1_800 },
    { points: 100, stepS: 3_600 },
    { points: 12, stepS: 43_200 },
    { points: 4, stepS: 86_400 },
    { points: 2, stepS: 172_800 },
  ];
  for (const { points, stepS } of widths) {
    const { step_s, t, p50, max, count, timeouts, timeout_s, outages } = await series(`?${since}&points=${points}`);
    expect([step_s, sum(count), sum(timeouts), timeout_s]).toEqual([stepS, 3 * 144 + 9 - 6, 6, 10]);
    expect(Math.max(...max)).toBe(0.025);
    for (const median of p50) if (median !== null) expect(Math.abs(median / 0.0225 - 1)).toBeLessThan(0.12);
    expect(t[0]).toBe(Math.floor(FROM_MS / 1_000 / stepS) * stepS);
    expect(outages[0]).toMatchObject({ since: iso(FROM_MS + 34 * HOUR), reason: "deadline_response" });
  }
});

it("A series has no response time where nothing answered, and the marks of its service and of the cluster", async () => {
  const series = await lived();
  const { t, p50, p95, max, count, timeouts, exact, marks } = await series(`?since=${iso(FROM_MS)}&points=100`);
  const away = t.indexOf((FROM_MS + 34 * HOUR) / 1_000);
  expect([p50[away], p95[away], max[away], count[away], timeouts[away], exact]).toEqual([
    null,
    null,
    null,
    0,
    6,
    false,
  ]);
  expect(marks).toEqual([
    { at: iso(FROM_MS + 2 * DAY), text: "deploy 1.4.2", service: "a" },
    { at: iso(FROM_MS + 2 * DAY), text: "network moved", service: null },
  ]);
});

it("A series is the last day by default, and its last column is going on", async () => {
  const series = await lived();
  const { since, until, step_s, t, count } = await series("");
  expect([step_s, t.length, sum(count)]).toEqual([300, 288, 143]);
  expect([Date.parse(since), Date.parse(until)]).toEqual([NOW_MS - DAY + 300_000, NOW_MS + 300_000]);
  // In a year beyond the last that can be written.
  expect((await series("?since=9990-01-01T00:00:00Z&until=9999-12-31T23:59:59Z")).until).toBe(
    "9999-12-31T23:59:59.999Z",
  );
});

it("A series shows an outage when it was seen, and counts it once", async () => {
  const database = sqliteTestDatabase();
  onTestFinished(() => database.close());
  const hours = [1, 2, 5, 6].map((hour) => FROM_MS + hour * HOUR);
  const transitions = (["error", "unknown", "timeout", "healthy"] as const).map((to, index) => {
    const reason = to === "error" ? ("refused" as const) : null;
    return { serviceId: "a", atMs: hours[index] ?? 0, from: "unknown" as const, to, reason, message: null };
  });
  const checks = [check("a", FROM_MS + 7 * HOUR)];
  const commit = commitOf(moment(FROM_MS + 7 * HOUR, checks), checks, 0);
  await createD1Store(database.db).commitSweep({ ...commit, transitions });
  const { outages, outages_total } = await (await askOf(database))(`?since=${iso(FROM_MS)}`);
  expect(outages).toEqual([
    { since: iso(FROM_MS + HOUR), until: iso(FROM_MS + 2 * HOUR), reason: "refused" },
    { since: iso(FROM_MS + 5 * HOUR), until: iso(FROM_MS + 6 * HOUR), reason: "refused" },
  ]);
  expect(outages_total).toBe(1);
});
