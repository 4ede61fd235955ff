/**
 * A start while another program has the database to itself: nothing of what is stored can be read. What is decided, told and asked for
 * until it can be goes on as it was told.
 */
import Database from "better-sqlite3";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AlertCommand } from "../../../shared/domain/alerting/alert-commands.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { listAlerts } from "../../../shared/storage/alert-log.ts";
import { ALL_ALERTS, deliveryBench, expectWhole, migratedDatabase, typesOf } from "../../support/delivery-bench.ts";
import { failingD1, type Moment } from "../../support/failing-d1.ts";
import { fakeService, HEALTHY, HTTP_503, type FakeService } from "../../support/fake-service.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const S = 1_000;
let template: Buffer;
let sqlite: Database.Database;
let clock: FakeClock;

beforeAll(() => {
  template = migratedDatabase();
});
beforeEach(() => {
  sqlite = new Database(template);
  clock = new FakeClock(T0);
});
afterEach(() => sqlite.close());

function started(service: FakeService) {
  const lock: { failure: Moment | null } = { failure: null };
  const failing = failingD1(sqliteAsD1(sqlite), "SQLITE_BUSY", () => lock.failure);
  return Object.assign(deliveryBench([service], failing.db, clock), { lock });
}

/** What one process leaves behind; slack has heard of what it told. */
async function before(service: FakeService, seconds: number, command?: (id: string) => AlertCommand) {
  const bench = started(service);
  await bench.loop.start();
  await clock.advance(seconds * S);
  const id = bench.alerting().subjects.get("a")?.alert?.id ?? "";
  if (command) {
    const applied = bench.loop.apply(command(id));
    await clock.advance(5 * S);
    expect(await applied).toBe("done");
  }
  await bench.stop();
  return { notified: bench.notified, id };
}

async function underLock(service: FakeService) {
  const bench = started(service);
  bench.lock.failure = "before";
  await bench.loop.start();
  return bench;
}

const acknowledge = (alertId: string): AlertCommand => ({ kind: "acknowledge", alertId, by: "ann", comment: null });

async function rowsOfMonitoring() {
  const all = await listAlerts({ db: sqliteAsD1(sqlite), tell() {} }, ALL_ALERTS);
  return all.filter(({ name }) => name === "Monitoring");
}

const rows = () => listAlerts({ db: sqliteAsD1(sqlite), tell() {} }, { ...ALL_ALERTS, service: "a" });

describe("a start that can read nothing", () => {
  it("tells nobody anew of what they know when the lock is gone within seconds, and promises nothing meanwhile", async () => {
    const service = fakeService("a", { intervalMs: 5_000 });
    service.response = HTTP_503;
    const { id, notified } = await before(service, 60);
    expect(notified).toHaveLength(1);
    const bench = await underLock(service);
    await clock.advance(12 * S);
    const answer = bench.loop.apply(acknowledge(id)).catch(String);
    await clock.advance(5 * S);
    expect(await answer).toContain("locked");
    bench.lock.failure = null;
    await clock.advance(30 * S);
    expect(bench.notified).toEqual([]);
    expect(bench.alerting().subjects.get("a")?.alert).toMatchObject({ id, state: "firing" });
    service.response = HEALTHY;
    await clock.advance(60 * S);
    expect(typesOf(bench)).toEqual(["alert.resolved"]);
    expect(bench.notified[0]?.alerts.map((alert) => alert.id)).toEqual([id]);
    expect(await rows()).toMatchObject([{ id, state: "resolved", endReason: "recovered" }]);
    await bench.stop();
  });

  it("tells within a minute of an outage that began under it; that is told, acknowledged and stored once", async () => {
    const service = fakeService("a", { intervalMs: 5_000 });
    await before(service, 30);
    const bench = await underLock(service);
    service.response = HTTP_503;
    await clock.advance(50 * S);
    expect(typesOf(bench)).toEqual(["alert.firing"]);
    const id = bench.alerting().subjects.get("a")?.alert?.id ?? "";
    const applied = bench.loop.apply(acknowledge(id));
    await clock.advance(5 * S);
    expect(await applied).toBe("done");
    bench.lock.failure = null;
    await clock.advance(60 * S);
    expect(bench.alerting().subjects.get("a")?.alert).toMatchObject({
      id,
      state: "acknowledged",
      acknowledgedBy: "ann",
    });
    expect(typesOf(bench)).toEqual(["alert.firing"]);
    await expectWhole(sqlite, bench);
    service.response = HEALTHY;
    await clock.advance(60 * S);
    expect(typesOf(bench)).toEqual(["alert.firing", "alert.resolved"]);
    expect(await rows()).toMatchObject([{ id, state: "resolved", acknowledgedBy: "ann", notifiedChannels: ["slack"] }]);
    await expectWhole(sqlite, bench);
    await bench.stop();
  });

  it("stores an alert that fired, was told and ended under it as it was told", async () => {
    const service = fakeService("a", { intervalMs: 5_000 });
    await before(service, 30);
    const bench = await underLock(service);
    service.response = HTTP_503;
    await clock.advance(110 * S);
    service.response = HEALTHY;
    await clock.advance(60 * S);
    expect(typesOf(bench)).toEqual(["alert.firing", "alert.resolved"]);
    bench.lock.failure = null;
    await clock.advance(60 * S);
    expect(await rows()).toMatchObject([{ state: "resolved", notifiedChannels: ["slack"] }]);
    expect(await rowsOfMonitoring()).toMatchObject([{ state: "resolved", endReason: "recovered" }]);
    await expectWhole(sqlite, bench);
    await bench.stop();
  });

  it("ends the stored alert for those who were told of it where another was told meanwhile, which stays acknowledged", async () => {
    const service = fakeService("a", { intervalMs: 5_000 });
    service.response = HTTP_503;
    const { id } = await before(service, 60, acknowledge);
    const bench = await underLock(service);
    await clock.advance(110 * S);
    expect(typesOf(bench)).toEqual(["alert.firing"]);
    bench.lock.failure = null;
    await clock.advance(60 * S);
    expect(typesOf(bench)).toEqual(["alert.firing", "alert.resolved"]);
    expect(bench.notified[1]?.alerts).toMatchObject([{ id, endReason: "replaced" }]);
    const ours = bench.alerting().subjects.get("a")?.alert;
    expect(ours).toMatchObject({ state: "acknowledged", acknowledgedBy: "ann" });
    expect(ours?.id).toBe(bench.notified[0]?.alerts[0]?.id);
    service.response = HEALTHY;
    await clock.advance(60 * S);
    expect(typesOf(bench)).toEqual(["alert.firing", "alert.resolved", "alert.resolved"]);
    const ends = new Map((await rows()).map((row) => [row.id, row.endReason]));
    expect(ends).toEqual(
      new Map([
        [id, "replaced"],
        [ours?.id, "recovered"],
      ]),
    );
    await bench.stop();
  });
});
