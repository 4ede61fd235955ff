/**
 * A channel with several recipients, each of whom may be told, told later, or never: on a real database and a fake clock.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Channel, DeliveryOutcome } from "../../../shared/ports/notifier.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { byChannel } from "../../../shared/usecases/delivery/drills.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { message } from "../../support/outbox-bench.ts";
import {
  ACCEPTED,
  deferred,
  deliverFor,
  delivererOf,
  fakeChannel,
  put,
  REFUSED,
  type FakeChannel,
} from "../../support/outbox-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

const S = 1_000;
const DAY = 86_400 * S;

describe("a channel with several recipients", () => {
  let database: TestDatabase;
  let clock: FakeClock;
  let people: FakeChannel[];
  let slack: FakeChannel;

  beforeEach(() => {
    database = sqliteTestDatabase();
    clock = new FakeClock(T0);
    people = ["ann", "bob", "cem"].map((key) => fakeChannel(`sms/${key}`, clock, { tier: "phone" }));
    slack = fakeChannel("slack", clock);
  });
  afterEach(() => database.close());

  const sms = (recipients: readonly Channel[] = people): Channel => fakeChannel("sms", clock, { recipients });
  const deliverer = (recipients: readonly Channel[] = people) =>
    delivererOf({ db: database.db, clock, channels: [sms(recipients), ...recipients, slack] });
  const store = (id: string, alerts: readonly string[]) => put(database.db, "sms", message(id, alerts, clock.nowMs()));
  const told = () => people.map(({ accepted }) => accepted.length);
  const answer = (index: number, outcome: DeliveryOutcome) => {
    const person = people[index];
    if (person) person.response = () => outcome;
  };

  it.each([
    ["fails", deferred()],
    ["is asked for too often", deferred(60 * S)],
    ["cannot be reached", { kind: "deferred", reason: "connection", message: "No", retryAfterMs: null } as const],
  ])("is tried again for the one where it %s, also after a restart, and tells nobody twice", async (_how, outcome) => {
    answer(1, outcome);
    await store("1", ["a"]);
    await deliverFor(deliverer(), clock, 10 * S);
    expect(told()).toEqual([1, 0, 1]);
    answer(1, ACCEPTED);
    await deliverFor(deliverer(), clock, DAY);
    expect([told(), slack.tried]).toEqual([[1, 1, 1], []]);
  });

  it("lets nobody wait for one who is not told, and keeps the order for each", async () => {
    answer(1, deferred());
    for (const id of ["firing", "resolved"]) await store(id, ["a"]);
    const active = deliverer();
    await deliverFor(active, clock, 60 * S);
    expect(told()).toEqual([2, 0, 2]);
    answer(1, ACCEPTED);
    await deliverFor(active, clock, 600 * S);
    for (const { accepted } of people) expect(accepted.map((id) => id.split("-")[0])).toEqual(["firing", "resolved"]);
  });

  it("tells by the same ids after it has died between two recipients", async () => {
    await store("1", ["a"]);
    const [ann] = people;
    people[1] = { ...fakeChannel("sms/bob", clock), deliver: () => new Promise(() => {}) };
    void deliverer().deliverDue();
    await clock.advance(S);
    expect(ann?.accepted).toHaveLength(1);
    people[1] = fakeChannel("sms/bob", clock);
    await deliverFor(deliverer(), clock, 60 * S);
    expect(told()).toEqual([1, 1, 1]);
  });

  it("is broken for one whom nobody can tell, which is told elsewhere only when all are", async () => {
    answer(1, REFUSED);
    await store("1", ["a"]);
    await deliverFor(deliverer(), clock, S);
    expect([told(), slack.accepted]).toEqual([[1, 0, 1], []]);
    const states = await createOutbox(database.db).channelStates();
    expect(states.filter(({ isBroken }) => isBroken).map(({ name }) => name)).toEqual(["sms/bob"]);
    answer(0, REFUSED);
    answer(2, REFUSED);
    await store("2", ["b"]);
    await deliverFor(deliverer(), clock, 10 * S);
    expect(slack.accepted).toHaveLength(1);
  });

  it("leaves what waits for one who was taken out of the configuration to the others", async () => {
    for (const index of [0, 1, 2]) answer(index, deferred());
    await store("1", ["a"]);
    await deliverFor(deliverer(), clock, S);
    const eve = fakeChannel("sms/eve", clock);
    await deliverFor(deliverer([eve]), clock, DAY);
    expect([eve.accepted.length, slack.accepted]).toEqual([1, []]);
  });

  it("sends each as many as the cap allows", async () => {
    people = people.map(({ name }) => fakeChannel(name, clock, { dailyCap: 2 }));
    answer(1, deferred());
    for (const id of ["1", "2", "3"]) {
      await store(id, [id]);
      await deliverFor(deliverer(), clock, S);
    }
    answer(1, ACCEPTED);
    await deliverFor(deliverer(), clock, 600 * S);
    expect(told()).toEqual([2, 2, 2]);
  });

  it("passes a drill when everybody has it, and fails when one cannot be told", async () => {
    answer(1, deferred());
    const id = `drill-${T0.toString(36)}-0`;
    await put(database.db, "sms", { ...message(id, [], T0), type: "drill" });
    await clock.advance(S);
    const drill = async () => {
      const report = await createOutbox(database.db).lastDrill();
      return report && byChannel(report);
    };
    await deliverFor(deliverer(), clock, S);
    expect(await drill()).toMatchObject({ atMs: T0, messages: [{ channel: "sms", state: "pending" }] });
    answer(1, REFUSED);
    await deliverFor(deliverer(), clock, 600 * S);
    expect((await drill())?.messages).toMatchObject([{ channel: "sms", state: "failed", failure: "refused" }]);
  });
});
