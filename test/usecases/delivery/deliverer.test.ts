/**
 * What becomes of notifications between the outbox and their receivers, on a real database and a fake clock.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Channel } from "../../../shared/ports/notifier.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { T0 } from "../../support/checks.ts";
import { failingD1, type Moment } from "../../support/failing-d1.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { seededRandom } from "../../../scripts/bench/lifelike-checks.ts";
import {
  ACCEPTED,
  deferred,
  deliverFor,
  delivererOf,
  fakeChannel,
  message,
  put,
  REFUSED,
  type FakeChannel,
} from "../../support/outbox-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

const S = 1_000;
const HOUR = 3_600 * S;
const DAY = 24 * HOUR;

describe("the deliverer", () => {
  let database: TestDatabase;
  let clock: FakeClock;
  let slack: FakeChannel;
  let email: FakeChannel;

  beforeEach(() => {
    database = sqliteTestDatabase();
    clock = new FakeClock(T0);
    slack = fakeChannel("slack", clock);
    email = fakeChannel("email", clock, { tier: "mail" });
  });
  afterEach(() => database.close());

  const deliverer = (channels: readonly Channel[] = [slack, email]) =>
    delivererOf({ db: database.db, clock, channels });
  const store = (channel: string, id: string, alerts: readonly string[]) =>
    put(database.db, channel, message(id, alerts, clock.nowMs()));
  const pending = async () => (await createOutbox(database.db).listPending()).map(({ id }) => id);
  const stateOf = async (name: string) =>
    (await createOutbox(database.db).channelStates()).find((each) => each.name === name);

  it("sends everything once, each channel in the order of decision", async () => {
    for (const id of ["1", "2", "3"]) await store("slack", id, [`alert${id}`]);
    await store("email", "4", ["alert1"]);
    await deliverFor(deliverer(), clock, S);
    expect([slack.accepted, email.accepted, await pending()]).toEqual([["1", "2", "3"], ["4"], []]);
    await deliverFor(deliverer(), clock, DAY);
    expect(slack.tried).toHaveLength(3);
  });

  it("keeps the order of one alert, and lets nobody else wait for a message that is not taken", async () => {
    await store("slack", "poison", ["a"]);
    await store("slack", "end", ["a"]);
    await store("slack", "other", ["b"]);
    slack.response = ({ id }) => (id === "poison" ? deferred() : ACCEPTED);
    const active = deliverer();
    await deliverFor(active, clock, 60 * S);
    expect(slack.accepted).toEqual(["other"]);
    slack.response = () => ACCEPTED;
    await deliverFor(active, clock, 600 * S);
    expect(slack.accepted).toEqual(["other", "poison", "end"]);
  });

  it("lets no channel wait for another", async () => {
    await store("slack", "1", ["a"]);
    await store("email", "2", ["a"]);
    slack.response = () => new Promise(() => {});
    void deliverer().deliverDue();
    await clock.advance(0);
    expect(email.accepted).toEqual(["2"]);
  });

  it("backs off from 1 s to 5 min, and honours Retry-After", async () => {
    await store("slack", "1", ["a"]);
    slack.response = () => deferred();
    const active = deliverer();
    await deliverFor(active, clock, HOUR);
    const gaps = slack.tried.slice(1).map(({ atMs }, index) => atMs - (slack.tried[index]?.atMs ?? 0));
    expect(gaps.slice(0, 3)).toEqual([750, 1_500, 3_000]);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(300 * S);
    expect(gaps.length).toBeLessThan(30);
    slack.response = () => deferred(HOUR);
    await deliverFor(active, clock, 300 * S);
    const before = slack.tried.length;
    slack.response = () => ACCEPTED;
    await deliverFor(active, clock, HOUR - 400 * S);
    expect(slack.tried).toHaveLength(before);
    await deliverFor(active, clock, 400 * S);
    expect(slack.accepted).toEqual(["1"]);
  });

  it("delivers everything once and in order when a receiver is back after 24 hours", async () => {
    slack.response = () => deferred();
    const active = deliverer();
    const ids: string[] = [];
    for (let hour = 0; hour < 24; hour += 1) {
      for (const part of ["firing", "resolved"]) {
        const id = `${hour}-${part}`;
        ids.push(id);
        await store("slack", id, [`alert${hour}`]);
      }
      await deliverFor(active, clock, HOUR);
    }
    slack.response = () => ACCEPTED;
    await deliverFor(active, clock, HOUR);
    expect(slack.accepted).toHaveLength(ids.length);
    expect(new Set(slack.accepted)).toEqual(new Set(ids));
    for (let hour = 0; hour < 24; hour += 1) {
      const own = slack.accepted.filter((id) => id.startsWith(`${hour}-`));
      expect(own).toEqual([`${hour}-firing`, `${hour}-resolved`]);
    }
    // It has heard of each of the alerts meanwhile.
    expect(email.accepted).toHaveLength(24);
  });

  it("gives up after a day, and tells another channel why", async () => {
    await store("slack", "1", ["a"]);
    slack.response = () => deferred();
    await deliverFor(deliverer(), clock, DAY + HOUR);
    expect([slack.accepted, email.accepted.length, await pending()]).toEqual([[], 1, []]);
    expect(await stateOf("slack")).toMatchObject({ isBroken: true, failure: "gave_up" });
  });

  it("tells another channel at once when one refuses, once, and never in a loop", async () => {
    await store("slack", "1", ["a"]);
    slack.response = () => REFUSED;
    email.response = () => REFUSED;
    await deliverFor(deliverer(), clock, DAY);
    expect([slack.tried.length, email.tried.length, await pending()]).toEqual([1, 1, []]);
    expect(await stateOf("slack")).toMatchObject({ isBroken: true, failure: "refused" });
  });

  it("does not tell another channel what that was told anyway", async () => {
    await store("slack", "1", ["a"]);
    await store("email", "2", ["a"]);
    slack.response = () => REFUSED;
    await deliverFor(deliverer(), clock, S);
    expect(email.tried.map(({ id }) => id)).toEqual(["2"]);
  });

  it("finds a channel well again with the first message that it takes", async () => {
    await store("slack", "1", ["a"]);
    slack.response = () => REFUSED;
    await deliverFor(deliverer(), clock, S);
    slack.response = () => ACCEPTED;
    await store("slack", "2", ["b"]);
    await deliverFor(deliverer(), clock, S);
    expect(await stateOf("slack")).toMatchObject({ isBroken: false, failures: 0, failure: null });
  });

  it("sends no more than its cap in 24 hours, and the rest elsewhere", async () => {
    const sms = fakeChannel("sms", clock, { tier: "phone", dailyCap: 2 });
    for (const id of ["1", "2", "3"]) {
      await store("sms", id, [id]);
      await clock.advance(1);
    }
    await deliverFor(deliverer([sms, email]), clock, S);
    expect([sms.accepted, email.accepted.length]).toEqual([["1", "2"], 1]);
    expect(await stateOf("sms")).toMatchObject({ isBroken: false });
    await clock.advance(DAY);
    await store("sms", "4", ["d"]);
    await deliverFor(deliverer([sms, email]), clock, S);
    expect(sms.accepted).toEqual(["1", "2", "4"]);
  });

  it("tells another channel when one is not configured any more", async () => {
    await store("slack", "1", ["a"]);
    await deliverFor(deliverer([email]), clock, S);
    expect([email.accepted.length, await pending()]).toEqual([1, []]);
  });

  it("never sends again what it has sent, even while storage fails, and marks it later", async () => {
    await store("slack", "1", ["a"]);
    let isAway = false;
    // Reading goes on: only what would mark it as sent fails.
    const { db } = failingD1(database.db, "SQLITE_FULL", () => (isAway ? "before" : null));
    const active = delivererOf({ db, clock, channels: [slack] });
    slack.response = () => {
      isAway = true;
      return ACCEPTED;
    };
    await expect(active.deliverDue()).rejects.toThrow("full");
    await expect(active.deliverDue()).rejects.toThrow("full");
    isAway = false;
    await clock.advance(DAY);
    await deliverFor(active, clock, S);
    expect([slack.accepted, await pending()]).toEqual([["1"], []]);
  });

  it.each(["before", "after"] as const)(
    "loses nothing when any one storage call fails %s it took effect",
    async (when) => {
      for (let failingCall = 1; failingCall <= 16; failingCall += 1) {
        const own = sqliteTestDatabase();
        const channel = fakeChannel("slack", clock);
        for (const id of ["1", "2"]) await put(own.db, "slack", message(id, ["a"], clock.nowMs()));
        const failure = (call: number): Moment | null => (call === failingCall ? when : null);
        const active = delivererOf({ db: failingD1(own.db, "SQLITE_IOERR", failure).db, clock, channels: [channel] });
        await active.deliverDue().catch(() => {});
        await clock.advance(30 * S);
        await deliverFor(active, clock, 30 * S);
        expect(channel.accepted).toEqual(["1", "2"]);
        expect(await createOutbox(own.db).listPending()).toEqual([]);
        own.close();
      }
    },
  );

  it("of two that work and crash at random, loses nothing and sends again at most what was in flight, by the same id", async () => {
    for (let seed = 1; seed <= 150; seed += 1) {
      const random = seededRandom(seed);
      const own = sqliteTestDatabase();
      const channel = fakeChannel("slack", clock);
      const ids = Array.from({ length: 6 }, (_, index) => `m${index}`);
      for (const [index, id] of ids.entries())
        await put(own.db, "slack", message(id, [`alert${index % 2}`], clock.nowMs()));
      let crashes = 0;
      // A crash is a deliverer that comes no further: a storage call, or a send, that never returns.
      const worker = () => {
        const dieAt = 1 + Math.floor(random() * 14);
        let calls = 0;
        const dies = (): boolean => {
          calls += 1;
          return crashes < 4 && calls === dieAt;
        };
        const db = crashing(own.db, dies, () => (crashes += 1));
        const mortal: FakeChannel = {
          ...channel,
          async deliver(notification, context) {
            const outcome = await channel.deliver(notification, context);
            if (!dies()) return outcome;
            crashes += 1;
            return new Promise(() => {});
          },
        };
        return delivererOf({ db, clock, channels: [mortal] });
      };
      for (let turn = 0; turn < 12; turn += 1) {
        void worker()
          .deliverDue()
          .catch(() => {});
        void worker()
          .deliverDue()
          .catch(() => {});
        await clock.advance(15 * S);
      }
      await deliverFor(delivererOf({ db: own.db, clock, channels: [channel] }), clock, 60 * S);
      expect(new Set(channel.accepted), `seed ${seed}`).toEqual(new Set(ids));
      expect(channel.accepted.length - ids.length, `seed ${seed}`).toBeLessThanOrEqual(crashes);
      for (const parity of [0, 1]) {
        const firsts = [...new Set(channel.accepted)].filter((id) => Number(id.slice(1)) % 2 === parity);
        expect(firsts, `seed ${seed}`).toEqual(firsts.toSorted());
      }
      own.close();
    }
  });
});

/** A database whose caller is gone when `dies` says so: the call may take effect, its answer never comes. */
function crashing(real: TestDatabase["db"], dies: () => boolean, onCrash: () => void): TestDatabase["db"] {
  const lost = new Promise<never>(() => {});
  const call = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    const isLast = dies();
    const result = await run();
    if (!isLast) return result;
    onCrash();
    return lost;
  };
  const wrap = (statement: ReturnType<TestDatabase["db"]["prepare"]>): unknown => ({
    real: statement,
    bind: (...values: unknown[]) => wrap(statement.bind(...values)),
    first: () => call(() => statement.first()),
    all: () => call(() => statement.all()),
    run: () => call(() => statement.run()),
  });
  const db = {
    prepare: (sql: string) => wrap(real.prepare(sql)),
    batch: (statements: { real: never }[]) => call(() => real.batch(statements.map((statement) => statement.real))),
  };
  return db as unknown as TestDatabase["db"]; // what the outbox uses of it
}
