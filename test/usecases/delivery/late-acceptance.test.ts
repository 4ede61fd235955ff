/**
 * Receivers that take a message and answer too late: what may have arrived is not sent again soon, and counts.
 */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { DeliveryOutcome } from "../../../shared/ports/notifier.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { deliverFor, delivererOf, fakeChannel, message, put } from "../../support/outbox-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

const S = 1_000;
const MIN = 60 * S;
const DAY = 1_440 * MIN;
const LATE: DeliveryOutcome = {
  kind: "deferred",
  reason: "timeout",
  message: "Request timed out",
  retryAfterMs: null,
  mayHaveArrived: true,
};

let database: TestDatabase;
let clock: FakeClock;
beforeEach(() => {
  database = sqliteTestDatabase();
  clock = new FakeClock(T0);
});
afterEach(() => database.close());

it("A message that may have arrived is sent again after 5 min, then ever more seldom, also over restarts", async () => {
  const sms = fakeChannel("sms", clock);
  sms.response = () => LATE;
  await put(database.db, "sms", message("1", ["a"]));
  for (let restart = 0; restart < 48; restart += 1)
    await deliverFor(delivererOf({ db: database.db, clock, channels: [sms] }), clock, 30 * MIN);
  const gaps = sms.tried.slice(1).map(({ atMs }, index) => (atMs - (sms.tried[index]?.atMs ?? 0)) / MIN);
  expect(gaps.map(Math.round)).toEqual([5, 10, 20, 40, 80, 160, 240, 240, 240, 240]);
});

it("What may have arrived counts for the cap; the rest is told elsewhere", async () => {
  const sms = fakeChannel("sms", clock, { tier: "phone", dailyCap: 2 });
  const email = fakeChannel("email", clock, { tier: "mail" });
  sms.response = () => LATE;
  const deliverer = () => delivererOf({ db: database.db, clock, channels: [sms, email] });
  await put(database.db, "sms", message("1", ["a"]));
  await deliverFor(deliverer(), clock, 5 * MIN + S);
  expect([sms.tried.length, email.accepted.length]).toEqual([2, 1]);
  await deliverFor(deliverer(), clock, DAY / 2);
  await put(database.db, "sms", message("2", ["b"], clock.nowMs()));
  await deliverFor(deliverer(), clock, S);
  expect([sms.tried.length, email.accepted.length]).toEqual([2, 2]);
});

it("What may have arrived counts while it cannot be written down", async () => {
  const full = async (): Promise<never> => {
    throw new Error("D1_ERROR: database or disk is full");
  };
  const sms = fakeChannel("sms", clock, { dailyCap: 1 });
  sms.response = () => LATE;
  for (const id of ["1", "2"]) await put(database.db, "sms", message(id, [id]));
  const instead = { claim: full, settle: full };
  await deliverFor(delivererOf({ db: database.db, clock, channels: [sms], instead }), clock, 60 * MIN);
  expect(sms.tried).toHaveLength(1);
});

it("A delivery that takes minutes is nobody else's meanwhile, and is taken over seconds after its process has died", async () => {
  const slow = fakeChannel("email", clock, { timeoutMs: 20 * MIN });
  slow.response = () => new Promise(() => {});
  await put(database.db, "email", message("1", ["a"]));
  let isDead = false;
  const stored = createOutbox(database.db);
  const extend: typeof stored.extend = async (...claim) => (isDead ? undefined : stored.extend(...claim));
  void delivererOf({ db: database.db, clock, channels: [slow], instead: { extend } }).deliverDue();
  await clock.advance(0);
  const other = fakeChannel("email", clock);
  await deliverFor(delivererOf({ db: database.db, clock, channels: [other] }), clock, 5 * MIN);
  expect([slow.tried.length, other.tried.length]).toEqual([1, 0]);
  isDead = true;
  await deliverFor(delivererOf({ db: database.db, clock, channels: [other] }), clock, 15 * S);
  expect(other.accepted).toEqual(["1"]);
});
