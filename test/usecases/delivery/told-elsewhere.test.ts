/**
 * A receiver that takes nothing for too long, for whatever reason: another channel is told, once, while the first is tried on.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Notification } from "../../../shared/domain/alerting/notification.ts";
import type { Channel, DeliveryOutcome } from "../../../shared/ports/notifier.ts";
import { DeliveryLoop } from "../../../shared/usecases/delivery/delivery-loop.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
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
  type FakeChannel,
} from "../../support/outbox-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

const S = 1_000;
const MIN = 60 * S;
const HOUR = 60 * MIN;

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

const warning = (id: string): Notification => ({ ...message(id, [id], clock.nowMs()), severity: "warning" });
const deliverer = (channels: readonly Channel[] = [slack, email, sms], more: object = {}) =>
  delivererOf({ db: database.db, clock, channels, ...more });

describe("a message that its receiver does not take", () => {
  it.each<[string, DeliveryOutcome | Promise<DeliveryOutcome>]>([
    ["is away", { kind: "deferred", reason: "connection", message: "Connection refused", retryAfterMs: null }],
    ["fails", deferred()],
    ["says to come back in an hour", deferred(HOUR)],
    ["never answers", new Promise<DeliveryOutcome>(() => {})],
  ])("is told elsewhere after two minutes when critical, after five otherwise, when it %s", async (_how, outcome) => {
    slack.response = () => outcome;
    await put(database.db, "slack", message("critical", ["a"]));
    await put(database.db, "slack", warning("warning"));
    new DeliveryLoop(deliverer(), { clock, log: { write() {} } }).wake();
    await clock.advance(2 * MIN - 1);
    expect(email.tried).toEqual([]);
    await clock.advance(2);
    expect(email.accepted).toEqual([expect.stringMatching(/^critical-/)]);
    await clock.advance(3 * MIN);
    expect(email.accepted).toEqual([expect.stringMatching(/^critical-/), expect.stringMatching(/^warning-/)]);
    expect(sms.tried).toEqual([]);
  });

  it("is told once, also over restarts, and the first channel has it all the same when it is back", async () => {
    slack.response = () => deferred();
    await put(database.db, "slack", message("1", ["a"]));
    for (let restart = 0; restart < 5; restart += 1) await deliverFor(deliverer(), clock, 5 * MIN);
    slack.response = () => ACCEPTED;
    await deliverFor(deliverer(), clock, HOUR);
    expect([slack.accepted.length, email.accepted.length, sms.tried]).toEqual([1, 1, []]);
  });

  it("is told elsewhere though it was never tried, because its channel was told to wait", async () => {
    slack.response = () => deferred(HOUR);
    await put(database.db, "slack", message("1", ["a"]));
    const active = deliverer();
    await deliverFor(active, clock, MIN);
    await put(database.db, "slack", message("2", ["b"], clock.nowMs()));
    await deliverFor(active, clock, 2 * MIN);
    expect([slack.tried.length, email.accepted.length]).toEqual([1, 2]);
  });

  it("is told to a third when two channels have it and neither takes it, and goes on when that does not either", async () => {
    const log = fakeChannel("log", clock, { tier: "log" });
    for (const channel of [slack, email, sms]) channel.response = () => deferred();
    await put(database.db, "slack", message("1", ["a"]));
    await put(database.db, "email", message("2", ["a"]));
    const active = deliverer([slack, email, sms, log]);
    await deliverFor(active, clock, 2 * MIN + S);
    expect([sms.tried.length > 0, log.tried]).toEqual([true, []]);
    await deliverFor(active, clock, 2 * MIN + S);
    expect(log.accepted).toHaveLength(1);
  });

  it("is nobody else's while another channel has been told of it", async () => {
    slack.response = () => deferred();
    await put(database.db, "slack", message("1", ["a"]));
    await put(database.db, "email", message("2", ["a"]));
    await deliverFor(deliverer(), clock, HOUR);
    expect([email.accepted, sms.tried]).toEqual([["2"], []]);
  });

  it("is nobody else's when it was a drill", async () => {
    slack.response = () => deferred();
    await put(database.db, "slack", { ...message("drill-1-0", []), type: "drill" });
    await deliverFor(deliverer(), clock, HOUR);
    expect(email.tried).toEqual([]);
  });

  it("is tried first after a long stop, before anybody else is told", async () => {
    for (const id of ["1", "2", "3"]) await put(database.db, "slack", message(id, [id]));
    const takesASecond = async () => {
      await clock.sleep(S);
      return ACCEPTED;
    };
    slack.response = takesASecond;
    await clock.advance(HOUR);
    new DeliveryLoop(deliverer(), { clock, log: { write() {} } }).wake();
    await clock.advance(HOUR);
    expect([slack.accepted, email.tried]).toEqual([["1", "2", "3"], []]);
  });

  it("is told elsewhere from memory while storage takes nothing, once, also afterwards", async () => {
    let isFull = true;
    const whenItWorks = <Arguments extends unknown[], Result>(work: (...args: Arguments) => Promise<Result>) => {
      return async (...args: Arguments): Promise<Result> => {
        if (isFull) throw new Error("D1_ERROR: database or disk is full");
        return work(...args);
      };
    };
    const stored = createOutbox(database.db);
    const instead = { claim: whenItWorks(stored.claim), settle: whenItWorks(stored.settle) };
    slack.response = () => deferred();
    await put(database.db, "slack", message("1", ["a"]));
    const active = deliverer(undefined, { instead });
    await deliverFor(active, clock, 5 * MIN);
    expect(email.accepted).toHaveLength(1);
    isFull = false;
    await deliverFor(active, clock, 5 * MIN);
    slack.response = () => ACCEPTED;
    await deliverFor(deliverer(), clock, HOUR);
    expect([slack.accepted.length, email.accepted.length, sms.tried]).toEqual([1, 1, []]);
    expect(await stored.listPending()).toEqual([]);
  });
});
