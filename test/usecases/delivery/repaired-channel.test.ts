/**
 * A channel whose settings have changed starts afresh; one that is as it was waits as it was told to, also after a restart.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { knownState } from "../../../shared/usecases/delivery/channel-state.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
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
const HALF_AN_HOUR = 1_800 * S;

describe("a channel", () => {
  let database: TestDatabase;
  let clock: FakeClock;
  let broken: FakeChannel;
  let repaired: FakeChannel;

  beforeEach(async () => {
    database = sqliteTestDatabase();
    clock = new FakeClock(T0);
    broken = fakeChannel("slack", clock);
    broken.response = () => deferred(2 * HALF_AN_HOUR);
    repaired = fakeChannel("slack", clock, { fingerprint: "of other settings" });
    for (const id of ["1", "2"]) await put(database.db, "slack", message(id, [id]));
  });
  afterEach(() => database.close());

  const deliver = (channel: FakeChannel, ms: number) =>
    deliverFor(delivererOf({ db: database.db, clock, channels: [channel] }), clock, ms);
  const stateOf = async (channel: FakeChannel) => knownState(channel, await createOutbox(database.db).channelStates());

  it("that was repaired takes at once whatever waits, tried or not", async () => {
    await deliver(broken, S);
    expect(broken.tried).toHaveLength(1);
    await deliver(repaired, 0);
    expect(repaired.accepted).toEqual(["1", "2"]);
  });

  it("that was repaired within a process takes what waits, too", async () => {
    const channels: FakeChannel[] = [broken];
    const active = delivererOf({ db: database.db, clock, channels });
    await deliverFor(active, clock, S);
    channels.splice(0, 1, repaired);
    await deliverFor(active, clock, 0);
    expect(repaired.accepted).toEqual(["1", "2"]);
  });

  it.each([
    ["is accepted", ACCEPTED, [1, 1]],
    ["is refused", REFUSED, [0, 1]],
    ["fails", deferred(2 * HALF_AN_HOUR), [0, 1]],
  ] as const)(
    "that is given another receiver hears of what %s by the one before it at that moment",
    async (_how, outcome, told) => {
      const email = fakeChannel("email", clock, { fingerprint: "e" });
      const channels: FakeChannel[] = [broken, email];
      const active = delivererOf({ db: database.db, clock, channels });
      broken.response = () => {
        channels.splice(0, 1, repaired);
        return outcome;
      };
      await deliverFor(active, clock, 10 * S);
      for (const restart of [active, delivererOf({ db: database.db, clock, channels })])
        await deliverFor(restart, clock, S);
      const about = (channel: FakeChannel) => channel.accepted.filter((id) => id.startsWith("1")).length;
      expect([about(broken), about(repaired)]).toEqual(told);
      expect(email.tried).toEqual([]);
    },
  );

  it("that was repaired takes what waits in memory while storage fails", async () => {
    const full = async () => {
      throw new Error("D1_ERROR: database or disk is full");
    };
    const channels: FakeChannel[] = [broken];
    const instead = { claim: full, settle: full };
    const active = delivererOf({ db: database.db, clock, channels, instead });
    await deliverFor(active, clock, S);
    expect(broken.tried).toHaveLength(1);
    channels.splice(0, 1, repaired);
    await deliverFor(active, clock, S);
    expect(repaired.accepted).toEqual(["1", "2"]);
  });

  it("that is as it was waits as it was told to after a restart, and takes everything then", async () => {
    await deliver(broken, S);
    const same = fakeChannel("slack", clock);
    await deliver(same, HALF_AN_HOUR);
    expect(same.tried).toEqual([]);
    await deliver(same, HALF_AN_HOUR);
    expect(same.accepted).toEqual(["2", "1"]);
  });

  it("that was repaired badly waits as its new receiver says", async () => {
    await deliver(broken, S);
    repaired.response = () => deferred(2 * HALF_AN_HOUR);
    await deliver(repaired, HALF_AN_HOUR);
    expect(repaired.tried).toHaveLength(1);
  });

  it("is broken no longer when its settings are others, and again when they are the old ones", async () => {
    broken.response = () => REFUSED;
    await deliver(broken, S);
    expect(await stateOf(broken)).toMatchObject({ isBroken: true });
    expect(await stateOf(repaired)).toBeUndefined();
    await put(database.db, "slack", message("3", ["c"]));
    await deliver(repaired, S);
    expect(await stateOf(repaired)).toMatchObject({ isBroken: false, sentAtMs: clock.nowMs() - S });
  });
});
