/**
 * Alerts while storage fails: decided once, told from memory, and stored as they were told when storage works again.
 */
import Database from "better-sqlite3";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { listAlerts } from "../../../shared/storage/alert-log.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { T0 } from "../../support/checks.ts";
import {
  ALL_ALERTS,
  count,
  deliveryBench,
  expectWhole,
  migratedDatabase,
  rowsOf,
  typesOf,
  type DeliveryBench,
} from "../../support/delivery-bench.ts";
import { failingD1, type Moment } from "../../support/failing-d1.ts";
import { fakeService, HEALTHY, HTTP_503, type FakeService } from "../../support/fake-service.ts";
import { ACCEPTED, deferred } from "../../support/outbox-bench.ts";

const S = 1_000;
const HOUR = 3_600 * S;
let template: Buffer;
let sqlite: Database.Database;

beforeAll(() => {
  template = migratedDatabase();
});
beforeEach(() => {
  sqlite = new Database(template);
});
afterEach(() => sqlite.close());

/** A bench whose database fails as the test says, and which heals. */
function failingBench(services: readonly FakeService[]): DeliveryBench & { failure: (call: number) => Moment | null } {
  const failing = failingD1(sqliteAsD1(sqlite), "SQLITE_FULL", (call) => bench.failure(call));
  const bench = Object.assign(deliveryBench(services, failing.db), {
    failure: (_call: number): Moment | null => null,
  });
  return bench;
}

describe("while storage fails", () => {
  it.each(["before", "after"] as const)(
    "alerts fire and end, each told once, with the word that history is not saved; and are stored so afterwards: %s",
    async (moment) => {
      const service = fakeService("a", { intervalMs: 5_000 });
      const bench = failingBench([service]);
      await bench.loop.start();
      await bench.clock.advance(20 * S);
      bench.failure = () => moment;
      await bench.clock.advance(10 * S);
      service.response = HTTP_503;
      await bench.clock.advance(60 * S);
      expect(typesOf(bench)).toEqual(["alert.firing"]);
      service.response = HEALTHY;
      await bench.clock.advance(60 * S);
      expect(typesOf(bench)).toEqual(["alert.firing", "alert.resolved"]);
      // Where only the answers are lost, some of it is known to be stored before it is told.
      if (moment === "before") expect(bench.notified.map(({ isUnsaved }) => isUnsaved)).toEqual([true, true]);
      bench.failure = () => null;
      await bench.clock.advance(40 * S);
      expect(typesOf(bench)).toHaveLength(2);
      await expectWhole(sqlite, bench);
      await bench.stop();
      expect(count(sqlite, "select count(*) from checks")).toBe(service.asked);
      const [alert] = await listAlerts({ db: sqliteAsD1(sqlite), tell() {} }, { ...ALL_ALERTS, service: "a" });
      expect(alert).toMatchObject({ state: "resolved", endReason: "recovered", notifiedChannels: ["slack"] });
    },
  );

  it("alerts still fire after hours, when more checks are held than one commit stores", async () => {
    const services = ["a", "b", "c", "d"].map((id) => fakeService(id, { intervalMs: 5_000 }));
    const bench = failingBench(services);
    await bench.loop.start();
    await bench.clock.advance(10 * S);
    bench.failure = () => "before";
    await bench.clock.advance(HOUR / 4);
    for (const each of services.slice(0, 1)) each.response = HTTP_503;
    await bench.clock.advance(60 * S);
    expect(typesOf(bench)).toEqual(["alert.firing"]);
    bench.failure = () => null;
    await bench.clock.advance(40 * S);
    expect(typesOf(bench)).toEqual(["alert.firing"]);
    await expectWhole(sqlite, bench);
    await bench.stop();
    const asked = services.reduce((sum, each) => sum + each.asked, 0);
    expect(count(sqlite, "select count(*) from checks")).toBe(asked);
  });

  it("a receiver that fails is asked again from memory, and not twice when storage is back meanwhile", async () => {
    const service = fakeService("a", { intervalMs: 5_000 });
    const bench = failingBench([service]);
    await bench.loop.start();
    await bench.clock.advance(10 * S);
    bench.failure = () => "before";
    service.response = HTTP_503;
    const accept = bench.slack.response;
    bench.slack.response = () => deferred(90 * S);
    await bench.clock.advance(60 * S);
    expect(bench.slack.tried).toHaveLength(1);
    bench.failure = () => null;
    await bench.clock.advance(20 * S);
    bench.slack.response = accept;
    expect([bench.slack.tried.length, rowsOf(sqlite)]).toMatchObject([1, [{ state: "pending" }]]);
    await bench.clock.advance(120 * S);
    expect(bench.slack.tried.map(({ id }) => id)).toEqual([bench.notified[0]?.id, bench.notified[0]?.id]);
    const [first, second] = bench.slack.tried;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(90 * S);
    await expectWhole(sqlite, bench);
    await bench.stop();
  });

  it("what was stored before and is being sent is not sent again, and what is in memory does not wait for it", async () => {
    const [a, b] = [fakeService("a", { intervalMs: 5_000 }), fakeService("b", { intervalMs: 5_000 })];
    const bench = failingBench([a, b]);
    await bench.loop.start();
    await bench.clock.advance(10 * S);
    a.response = HTTP_503;
    bench.slack.response = (notification) => {
      bench.failure = () => "before";
      (bench.notified as unknown[]).push(notification);
      return ACCEPTED;
    };
    await bench.clock.advance(60 * S);
    b.response = HTTP_503;
    await bench.clock.advance(60 * S);
    expect(bench.notified.map(({ alerts }) => alerts.map(({ service }) => service))).toEqual([["a"], ["b"]]);
    bench.slack.response = (notification) => {
      (bench.notified as unknown[]).push(notification);
      return ACCEPTED;
    };
    bench.failure = () => null;
    await bench.clock.advance(60 * S);
    expect(bench.notified).toHaveLength(2);
    await expectWhole(sqlite, bench);
    await bench.stop();
  });

  it("somebody who commits first wins: what was decided in vain is decided anew from what he has stored", async () => {
    const service = fakeService("a", { intervalMs: 5_000 });
    const bench = failingBench([service]);
    const other = deliveryBench([fakeService("a", { intervalMs: 5_000 })], sqliteAsD1(sqlite), bench.clock);
    await bench.loop.start();
    await bench.clock.advance(10 * S);
    bench.failure = () => "before";
    service.response = HTTP_503;
    await bench.clock.advance(60 * S);
    expect(typesOf(bench)).toEqual(["alert.firing"]);
    await other.loop.start();
    await bench.clock.advance(10 * S);
    await other.stop();
    bench.failure = () => null;
    await bench.clock.advance(30 * S);
    const { alerting } = (await createD1Store(sqliteAsD1(sqlite)).readSnapshot()) ?? {};
    const { alert } = alerting?.subjects.get("a") ?? {};
    // It fired again, after the healthy checks of the other one, and has a row and a message of its own.
    expect(alert?.id).not.toBe(bench.notified[0]?.alerts[0]?.id);
    expect(rowsOf(sqlite).map(({ id, state }) => [id, state])).toEqual([[bench.notified[1]?.id, "sent"]]);
    await bench.stop();
  });

  it("what the database refuses for what it is does not keep everything else from being stored", async () => {
    const service = fakeService("a", { intervalMs: 5_000 });
    const bench = failingBench([service]);
    await bench.loop.start();
    await bench.clock.advance(10 * S);
    // No type lets this through; a bug might.
    const entry = {
      atMs: T0,
      actor: null as unknown as string,
      action: "channel.tested",
      target: "x",
      detail: {},
    } as const;
    const response = bench.loop.apply({ kind: "record", entry }).catch(String);
    await bench.clock.advance(30 * S);
    expect(await response).toContain("constraint");
    await bench.stop();
    expect(count(sqlite, "select count(*) from checks")).toBe(service.asked);
  });

  it.each([
    ["alert rows", "alerts"],
    ["transitions", "transitions"],
    ["the audit trail", "audit"],
  ])(
    "%s that the database refuses are left out and named; nobody is told twice, and the rest is stored",
    async (_, table) => {
      sqlite.exec(
        `create trigger refuse before insert on ${table} begin select raise(abort, 'CHECK constraint failed: x'); end`,
      );
      const service = fakeService("a", { intervalMs: 5_000 });
      const bench = failingBench([service]);
      await bench.loop.start();
      const entry = { atMs: T0, actor: "kim", action: "channel.tested", target: "x", detail: {} } as const;
      await bench.clock.advance(12 * S);
      const asked = bench.loop.apply({ kind: "record", entry }).catch(String);
      await bench.clock.advance(2 * S);
      service.response = HTTP_503;
      await bench.clock.advance(60 * S);
      service.response = HEALTHY;
      await bench.clock.advance(60 * S);
      expect(await asked).toEqual(table === "audit" ? expect.stringContaining("constraint") : "done");
      expect(typesOf(bench)).toEqual(["alert.firing", "alert.resolved"]);
      expect(rowsOf(sqlite).map(({ state }) => state)).toEqual(["sent", "sent"]);
      await bench.stop();
      expect(count(sqlite, "select count(*) from checks")).toBe(service.asked);
      expect(bench.loop.status()).toMatchObject({ storageWorks: true });
    },
  );

  it("a sweep that is refused whatever is left out is told once from memory, and stored when that is over", async () => {
    sqlite.exec(
      "create trigger refuse before update on snapshot begin select raise(abort, 'CHECK constraint failed: x'); end",
    );
    const service = fakeService("a", { intervalMs: 5_000 });
    const bench = failingBench([service]);
    await bench.loop.start();
    await bench.clock.advance(10 * S);
    service.response = HTTP_503;
    await bench.clock.advance(120 * S);
    expect(typesOf(bench)).toEqual(["alert.firing"]);
    expect(bench.loop.status()).toMatchObject({ storageWorks: false });
    sqlite.exec("drop trigger refuse");
    await bench.clock.advance(30 * S);
    expect(typesOf(bench)).toEqual(["alert.firing"]);
    expect(rowsOf(sqlite).map(({ id, state }) => [id, state])).toEqual([[bench.notified[0]?.id, "sent"]]);
    await bench.stop();
    expect(count(sqlite, "select count(*) from checks")).toBe(service.asked);
  });

  it("an order holds at once and is stored with the rest, once, also when a second process was first", async () => {
    const service = fakeService("a", { intervalMs: 5_000 });
    const bench = failingBench([service]);
    await bench.loop.start();
    await bench.clock.advance(10 * S);
    sqlite.pragma("query_only = true");
    service.response = HTTP_503;
    await bench.clock.advance(60 * S);
    const alertId = bench.notified[0]?.alerts[0]?.id ?? "";
    const order = { kind: "acknowledge", alertId, by: "kim", comment: null } as const;
    const ask = async (): Promise<string> => {
      const answer = bench.loop.apply(order).catch(String);
      await bench.clock.advance(2 * S);
      return answer;
    };
    const window = {
      matcher: { services: ["a"], severities: [] },
      startsAtMs: T0,
      endsAtMs: T0 + HOUR,
      createdAtMs: T0,
    };
    expect(await ask()).toBe("done");
    expect(bench.alerting().subjects.get("a")?.alert).toMatchObject({ state: "acknowledged", acknowledgedBy: "kim" });
    // Now nothing can be read either.
    bench.failure = () => "before";
    expect(await ask()).toBe("done");
    void bench.loop.apply({ kind: "silence", silence: { ...window, id: "s1", author: "kim", comment: "x" } });
    await bench.clock.advance(2 * S);
    bench.failure = () => null;
    sqlite.pragma("query_only = false");
    await bench.clock.advance(30 * S);
    expect(sqlite.prepare("select action from audit order by action").pluck().all()).toEqual([
      "alert.acknowledged",
      "alert.acknowledged",
      "silence.created",
    ]);
    expect(sqlite.prepare("select state, acknowledged_by from alerts where subject = 'a'").all()).toEqual([
      { state: "acknowledged", acknowledged_by: "kim" },
    ]);
    expect(bench.alerting().silences).toMatchObject([{ id: "s1" }]);
    await bench.stop();
  });
});
