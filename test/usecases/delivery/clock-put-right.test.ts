/**
 * What was put off by a clock that was ahead by weeks, and written down, or only held, when it had been put right: nothing waits for
 * that. On a real database, which may fail, and a fake clock.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { takeBackTables } from "../../../shared/storage/take-back.ts";
import { T0 } from "../../support/checks.ts";
import { failingD1 } from "../../support/failing-d1.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import {
  ACCEPTED,
  deferred,
  deliverFor,
  delivererOf,
  fakeChannel,
  message,
  put,
  type FakeChannel,
} from "../../support/outbox-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

const S = 1_000;
const MIN = 60 * S;
const DAY = 1_440 * MIN;
const LEAD = 40 * DAY;

let database: TestDatabase;
let clock: FakeClock;
let slack: FakeChannel;
let email: FakeChannel;
let isFull: boolean;

beforeEach(() => {
  database = sqliteTestDatabase();
  clock = new FakeClock(T0 + LEAD);
  slack = fakeChannel("slack", clock, { dailyCap: 2 });
  email = fakeChannel("email", clock, { tier: "mail", fingerprint: "e" });
  isFull = false;
});
afterEach(() => database.close());

const start = () => {
  const { settle, extend } = createOutbox(failingD1(database.db, "SQLITE_FULL", () => (isFull ? "before" : null)).db);
  const deliverer = delivererOf({ db: database.db, clock, channels: [slack, email], instead: { settle, extend } });
  return (ms: number) => deliverFor(deliverer, clock, ms);
};
const putRight = () => clock.stepWall(T0 - clock.nowMs());
/** As the first commit does that is made by the right clock. */
const work = async () => {
  isFull = false;
  await database.db.batch(takeBackTables(database.db, { nowMs: clock.nowMs(), leadMs: LEAD }));
};
/** Storage fails while something is tried, and the clock is put right before that can be written down. */
const hold = async (run: (ms: number) => Promise<void>, staysFull: boolean): Promise<void> => {
  isFull = true;
  await run(3 * S);
  putRight();
  if (!staysFull) await work();
  await run(2 * S);
  if (staysFull) await work();
};

describe.each([
  ["is full while the clock is put right", true],
  ["works again before", false],
])("when storage %s", (_when, staysFull) => {
  it("what is to be tried again is tried again, and given up a day later", async () => {
    await put(database.db, "slack", message("1", ["a"], T0 + LEAD));
    const run = start();
    slack.response = () => deferred(50 * MIN);
    await hold(run, staysFull);
    await run(MIN);
    expect(slack.tried.length).toBeGreaterThan(1);
    await run(DAY + 3 * 50 * MIN);
    const { state, failure } = database.sqlite
      .prepare<[], { state: string; failure: string }>("select state, failure from notifications where id = '1'")
      .get() ?? { state: "", failure: "" };
    expect([state, failure]).toEqual(["failed", "gave_up"]);
  });

  it("another channel is told when nothing helps, and the channel that was ill is known to be well", async () => {
    await put(database.db, "slack", message("1", ["a"], T0 + LEAD));
    const run = start();
    slack.response = () => deferred(50 * MIN);
    await hold(run, staysFull);
    await run(3 * MIN);
    expect(email.accepted).toHaveLength(1);
    slack.response = () => ACCEPTED;
    await run(60 * MIN);
    expect(slack.accepted).toEqual(["1"]);
    const [state] = (await createOutbox(database.db).channelStates()).filter(({ name }) => name === "slack");
    expect(state).toMatchObject({ failures: 0, failure: null });
  });

  it("what was sent does not use up the days to come", async () => {
    const run = start();
    for (const id of ["1", "2"]) await put(database.db, "slack", message(id, [id], T0 + LEAD));
    await hold(run, staysFull);
    expect(slack.accepted).toEqual(["1", "2"]);
    await run(MIN);
    await clock.advance(2 * DAY);
    await put(database.db, "slack", message("3", ["c"], clock.nowMs()));
    await run(MIN);
    expect(slack.accepted).toEqual(["1", "2", "3"]);
  });
});

it("what somebody took and died is taken by the next", async () => {
  await put(database.db, "slack", message("1", ["a"], T0 + LEAD));
  await createOutbox(database.db).claim("1", { nowMs: clock.nowMs(), untilMs: clock.nowMs() + 12 * S });
  putRight();
  await start()(S);
  expect(slack.accepted).toEqual(["1"]);
});
