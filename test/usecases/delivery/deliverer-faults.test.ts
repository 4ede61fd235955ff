/**
 * What must not happen between the outbox and receivers that misbehave: one holding up another, the same told twice or to nobody.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Channel } from "../../../shared/ports/notifier.ts";
import type { Outbox } from "../../../shared/ports/outbox.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { Deliverer } from "../../../shared/usecases/delivery/deliverer.ts";
import { OutboxSwitch } from "../../../shared/usecases/delivery/outbox-switch.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { NO_HTTP } from "../../support/probe-loop-bench.ts";
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
const MIN = 60 * S;
const DAY = 24 * 60 * MIN;

let database: TestDatabase;
let clock: FakeClock;
let slack: FakeChannel;
let email: FakeChannel;
let sms: FakeChannel;

beforeEach(() => {
  database = sqliteTestDatabase();
  clock = new FakeClock(T0);
  slack = fakeChannel("slack", clock);
  email = fakeChannel("email", clock, { tier: "mail" });
  sms = fakeChannel("sms", clock, { tier: "phone" });
});
afterEach(() => database.close());

const deliverer = (channels: readonly Channel[] = [slack, email, sms]) =>
  delivererOf({ db: database.db, clock, channels });
const store = (channel: string, id: string, alerts: readonly string[]) =>
  put(database.db, channel, message(id, alerts, clock.nowMs()));
const pending = async () => (await createOutbox(database.db).listPending()).map(({ id }) => id);

/** Over an outbox of which the test replaces a part. */
function delivererOver(more: Partial<Outbox>): Deliverer {
  return new Deliverer({
    outbox: new OutboxSwitch({ ...createOutbox(database.db), ...more }, { write() {} }),
    clock,
    http: NO_HTTP,
    resolveName: null,
    log: { write: () => {} },
    random: () => 0.5,
    channels: () => [slack, email],
  });
}

describe("what waited before a restart", () => {
  it("is sent once although storage can only be read, and new messages with it", async () => {
    const full = async () => {
      throw new Error("D1_ERROR: database or disk is full");
    };
    for (const id of ["1", "2", "3"]) await store("slack", id, [id]);
    await store("email", "4", ["4"]);
    await deliverFor(delivererOver({ claim: full, settle: full }), clock, MIN);
    expect([slack.accepted, email.accepted]).toEqual([["1", "2", "3"], ["4"]]);
  });

  it("is sent although the row before it is no message", async () => {
    const columns = "insert into notifications (id, channel, state, alert_ids, payload, created_at_ms, due_ms)";
    database.sqlite.exec(`${columns} values ('bad', 'slack', 'pending', '[]', '{}', ${T0}, ${T0})`);
    await store("slack", "1", ["a"]);
    await deliverFor(deliverer(), clock, MIN);
    expect([slack.accepted, await pending()]).toEqual([["1"], []]);
  });
});

describe("what one channel does not take", () => {
  it("goes to another one although that was told of something else at the same moment", async () => {
    await store("slack", "1", ["a"]);
    await store("email", "2", ["b"]);
    slack.response = () => REFUSED;
    await deliverFor(deliverer(), clock, S);
    expect(email.accepted).toHaveLength(2);
    expect(sms.tried).toEqual([]);
  });

  it("goes nowhere else when another one tells it, in one message or in two, a few seconds later", async () => {
    await store("slack", "1", ["a", "b"]);
    await clock.advance(9 * S);
    await store("email", "2", ["a"]);
    await store("email", "3", ["b", "c"]);
    slack.response = () => REFUSED;
    await deliverFor(deliverer(), clock, S);
    expect([email.accepted, sms.accepted]).toEqual([["2", "3"], []]);
  });

  it("goes to a third one when the second does not take its own message about it either", async () => {
    const capped = fakeChannel("capped", clock, { dailyCap: 0 });
    await store("slack", "1", ["a"]);
    await store("capped", "2", ["a"]);
    slack.response = () => REFUSED;
    await deliverFor(deliverer([slack, capped, email]), clock, S);
    expect([capped.tried, email.accepted.length, await pending()]).toEqual([[], 1, []]);
  });

  it("does not come back, though all have sent as much as they may", async () => {
    const capped = ["x", "y", "z"].map((name) => fakeChannel(name, clock, { dailyCap: 0 }));
    await store("x", "1", ["a"]);
    await deliverFor(deliverer(capped), clock, MIN);
    const rows = database.sqlite.prepare("select count(*) from notifications").pluck().get();
    expect([rows, await pending()]).toEqual([3, []]);
  });

  it("has a day of its own on the next channel", async () => {
    await store("slack", "1", ["a"]);
    slack.response = () => deferred();
    email.response = () => deferred();
    const active = deliverer([slack, email]);
    await deliverFor(active, clock, DAY + MIN);
    email.response = () => ACCEPTED;
    await deliverFor(active, clock, 10 * MIN);
    expect(email.accepted).toHaveLength(1);
  });

  it("is tried on a broken channel before nobody is told, and on one that works before that", async () => {
    email.response = () => REFUSED;
    await store("email", "0", ["z"]);
    await deliverFor(deliverer([email]), clock, S);
    email.response = () => ACCEPTED;
    slack.response = () => REFUSED;
    await store("slack", "1", ["a"]);
    await deliverFor(deliverer([email, slack, sms]), clock, S);
    expect([email.accepted.length, sms.accepted.length]).toEqual([0, 1]);
    await store("slack", "2", ["b"]);
    await deliverFor(deliverer([email, slack]), clock, S);
    expect(email.accepted).toHaveLength(1);
  });

  it("is nobody else's when it was a drill", async () => {
    await put(database.db, "slack", { ...message("drill-1-0", []), type: "drill" });
    slack.response = () => REFUSED;
    await deliverFor(deliverer(), clock, S);
    expect([email.tried, sms.tried, await pending()]).toEqual([[], [], []]);
  });
});

describe("a channel", () => {
  it("takes what is new within half a minute, although it has failed over another message for hours", async () => {
    await store("slack", "poison", ["a"]);
    slack.response = ({ id }) => (id === "poison" ? deferred() : ACCEPTED);
    const active = deliverer();
    await deliverFor(active, clock, 4 * 60 * MIN);
    await store("slack", "new", ["b"]);
    await deliverFor(active, clock, 30 * S);
    expect(slack.accepted).toEqual(["new"]);
  });

  it("that takes its time does not keep another one from trying again", async () => {
    await store("slack", "1", ["a"]);
    await store("email", "2", ["b"]);
    slack.response = () => new Promise(() => {});
    email.response = () => (email.tried.length < 3 ? deferred() : ACCEPTED);
    void deliverer().deliverDue();
    await clock.advance(9 * S);
    expect(email.accepted).toEqual(["2"]);
  });

  it("that takes its time does not keep another one from being told instead of a third", async () => {
    await store("slack", "1", ["a"]);
    await store("email", "2", ["b"]);
    await store("sms", "3", ["c"]);
    slack.response = () => new Promise(() => {});
    sms.response = () => REFUSED;
    void deliverer([slack, sms, email]).deliverDue();
    await clock.advance(S);
    // `slack` would be asked first, were it not at work.
    expect(slack.tried).toHaveLength(1);
    expect(email.accepted).toEqual(["2"]);
    expect((await pending()).toSorted()).toEqual(["1", expect.stringMatching(/^3-/)]);
  });

  it("is looked at again for what was stored while it had its last look", async () => {
    let open = (): void => {};
    const outbox = createOutbox(database.db);
    let looks = 0;
    const active = delivererOver({
      async listPending() {
        const listed = await outbox.listPending();
        looks += 1;
        // The answer to the last look is slow.
        if (looks === 2) await new Promise<void>((resolve) => (open = resolve));
        return listed;
      },
    });
    await store("slack", "1", ["a"]);
    const first = active.deliverDue();
    await clock.advance(0);
    expect([looks, slack.accepted]).toEqual([2, ["1"]]);
    await store("slack", "2", ["b"]);
    const second = active.deliverDue();
    await clock.advance(0);
    open();
    await Promise.all([first, second]);
    expect(slack.accepted).toEqual(["1", "2"]);
  });

  it("gets nothing that somebody else may already be sending, because storage was slow", async () => {
    const outbox = createOutbox(database.db);
    const active = delivererOver({
      async claim(id, claim) {
        const claimed = await outbox.claim(id, claim);
        await clock.sleep(11_500);
        return claimed;
      },
    });
    await store("slack", "1", ["a"]);
    void active.deliverDue();
    await clock.advance(11_600);
    expect(slack.tried).toEqual([]);
    await deliverFor(deliverer(), clock, MIN);
    expect(slack.accepted).toEqual(["1"]);
  });

  it("gets nothing after the stop, not even what was looked up before it", async () => {
    await store("slack", "1", ["a"]);
    const active = deliverer();
    const under = active.deliverDue();
    await active.stop();
    await under;
    expect(slack.tried).toEqual([]);
  });

  it("is never asked before it said so, nor more often than twice a minute while it fails, nor forgotten", async () => {
    const answers = fc.array(fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 3_600_000 })), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(
        answers,
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (waits, count, luck) => {
          const own = sqliteTestDatabase();
          const ownClock = new FakeClock(T0);
          const channel = fakeChannel("slack", ownClock);
          channel.response = () => {
            const wait = waits[channel.tried.length - 1];
            return wait === undefined ? ACCEPTED : deferred(wait);
          };
          for (let index = 0; index < count; index += 1)
            await put(own.db, "slack", message(`m${index}`, [`a${index}`]));
          await deliverFor(
            delivererOf({ db: own.db, clock: ownClock, channels: [channel], random: () => luck }),
            ownClock,
            (DAY * 3) / 4, // twelve waits of an hour, and as many attempts
          );
          own.close();
          for (const [index, wait] of waits.entries()) {
            const gapMs = (channel.tried[index + 1]?.atMs ?? 0) - (channel.tried[index]?.atMs ?? 0);
            const leastMs = Math.max(wait ?? 0, Math.min(15_000, 500 * 2 ** index));
            expect(gapMs).toBeGreaterThanOrEqual(leastMs);
            expect(gapMs).toBeLessThanOrEqual(Math.max(wait ?? 0, 300_000));
          }
          expect(channel.accepted.toSorted()).toEqual(Array.from({ length: count }, (_, index) => `m${index}`));
        },
      ),
      { numRuns: 40 },
    );
  });
});
