/** What waits for a recipient when the configuration changes: on a real database and a fake clock. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recipientKey, recipientName } from "../../../shared/domain/alerting/recipient.ts";
import { tellEach } from "../../../shared/notify/tell-each.ts";
import type { Channel, DeliveryOutcome } from "../../../shared/ports/notifier.ts";
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
const DAY = 86_400 * S;

describe("what waits for a recipient when the configuration changes", () => {
  let database: TestDatabase;
  let clock: FakeClock;
  let people: Map<string, FakeChannel>;
  let slack: FakeChannel;
  let logged: string[];

  beforeEach(async () => {
    database = sqliteTestDatabase();
    clock = new FakeClock(T0);
    slack = fakeChannel("slack", clock);
    people = new Map();
    logged = [];
  });
  afterEach(() => database.close());

  const receiver = (name: string): FakeChannel => {
    const known = people.get(name) ?? fakeChannel(name, clock, { tier: "mail" });
    people.set(name, known);
    return known;
  };
  const channelOfPeople = (name: string, keys: readonly string[]): Channel[] => {
    const { recipients = [], ...settings } = tellEach(keys, (key) => receiver(`${name}/${recipientKey(key)}`).deliver);
    const each = recipients.map(({ key, deliver }) => ({ ...receiver(recipientName(name, key)), deliver }));
    return [
      { ...fakeChannel(name, clock, { tier: "mail", recipients: each }), ...settings, recipients: each },
      ...each,
    ];
  };
  const person = (name: string, address: string) => receiver(recipientName(name, recipientKey(address)));
  const accepted = (name: string, ...addresses: string[]) =>
    addresses.map((address) => person(name, address).accepted.length);
  const fail = (outcome: DeliveryOutcome, name: string, ...addresses: string[]) => {
    for (const address of addresses) person(name, address).response = () => outcome;
  };
  const heal = (name: string, ...addresses: string[]) => fail(ACCEPTED, name, ...addresses);
  const run = (channels: readonly Channel[], ms = S) =>
    deliverFor(delivererOf({ db: database.db, clock, channels, logged }), clock, ms);
  const tell = (channel: string, id = "1", alerts = ["a"]) =>
    put(database.db, channel, message(id, alerts, clock.nowMs()));

  it.each([
    ["one is corrected", ["a", "typo"], ["a", "fixed"]],
    ["one is corrected and one is taken out", ["a", "typo", "b"], ["fixed", "a"]],
    ["one of two is left, corrected", ["a", "typo"], ["fixed"]],
    ["the only one becomes two others", ["typo"], ["a", "fixed"]],
  ])("goes to the new one only, once, when %s", async (_how, before, after) => {
    fail(deferred(), "mail", "typo");
    await tell("mail");
    await run([...channelOfPeople("mail", before), slack]);
    for (let restart = 0; restart < 3; restart += 1) await run([...channelOfPeople("mail", after), slack], DAY / 4);
    expect(accepted("mail", "a", "fixed", "typo")).toEqual([after.includes("a") || before.includes("a") ? 1 : 0, 1, 0]);
    expect(slack.tried).toEqual([]);
  });

  it.each([
    ["one is left of four", ["a", "b", "c", "d"], ["b"]],
    ["one is left of three", ["a", "b", "c"], ["b"]],
    ["one gets company", ["b"], ["b", "c"]],
  ])("stays with the one it waits for when %s", async (_how, before, after) => {
    fail(deferred(60 * S), "mail", "b");
    await tell("mail");
    await run([...channelOfPeople("mail", before), slack]);
    await run([...channelOfPeople("mail", after), slack], 10 * S);
    heal("mail", "b");
    await run([...channelOfPeople("mail", after), slack], 100 * S);
    expect([accepted("mail", "b"), slack.tried]).toEqual([[1], []]);
    expect(logged.filter((line) => line.includes("refused"))).toEqual([]);
  });

  it("is not told again to the one who is left and has it", async () => {
    fail(deferred(), "mail", "a", "c");
    await tell("mail");
    await run([...channelOfPeople("mail", ["a", "b", "c"]), slack]);
    await run([...channelOfPeople("mail", ["b"]), slack], DAY);
    expect([accepted("mail", "a", "b", "c"), slack.tried]).toEqual([[0, 1, 0], []]);
  });

  it("is told to a new one once though it waited for several, each of several messages in order", async () => {
    fail(deferred(), "mail", "a", "b");
    for (const id of ["firing", "escalated", "resolved"] as const)
      await put(database.db, "mail", { ...message(id, ["a"], clock.nowMs()), type: `alert.${id}` });
    await run([...channelOfPeople("mail", ["a", "b"]), slack], 10 * S);
    await clock.advance(600 * S);
    await run([...channelOfPeople("mail", ["fixed"]), slack], DAY);
    expect(person("mail", "fixed").accepted.map((id) => id.split("-")[0])).toEqual(["firing", "escalated", "resolved"]);
    expect(slack.tried).toEqual([]);
  });

  it("is told elsewhere when those who are left could not be told", async () => {
    fail(REFUSED, "mail", "a");
    fail(deferred(), "mail", "b");
    await tell("mail");
    await run([...channelOfPeople("mail", ["a", "b"]), slack]);
    expect(slack.tried).toEqual([]);
    await run([...channelOfPeople("mail", ["a"]), slack], DAY);
    expect([accepted("mail", "a", "b"), slack.accepted.length]).toEqual([[0, 0], 1]);
  });

  it("is told by what has the name of its channel now", async () => {
    fail(deferred(), "ops", "a", "b");
    await tell("ops");
    await run(channelOfPeople("ops", ["a", "b"]));
    const ops = fakeChannel("ops", clock);
    await run([ops, slack], DAY);
    expect([ops.accepted.length, slack.tried]).toEqual([1, []]);
  });

  it.each([
    ["nobody was told", ["a", "b", "c"], [1, 1, 1]],
    ["some were told", ["b", "c"], [0, 1, 1]],
    ["all but one were told", ["c"], [0, 0, 1]],
  ])("follows its recipients into a channel that is called otherwise, when %s", async (_how, waiting, told) => {
    const log = fakeChannel("log", clock, { tier: "log" });
    fail(deferred(), "old", ...waiting);
    await tell("old");
    await tell("log", "2");
    await run([log, ...channelOfPeople("old", ["a", "b", "c"])]);
    await run([log, slack, ...channelOfPeople("new", ["a", "b", "c"])], DAY);
    expect([accepted("new", "a", "b", "c"), slack.tried]).toEqual([told, []]);
  });

  it("is told once to whom another channel tells it as well", async () => {
    fail(deferred(), "old", "a");
    await tell("old");
    await tell("new", "2");
    await run([...channelOfPeople("old", ["a", "b"]), ...channelOfPeople("new", ["a"])]);
    await run(channelOfPeople("new", ["a"]), DAY);
    expect([accepted("old", "a", "b"), accepted("new", "a")]).toEqual([[0, 1], [1]]);
  });

  it("is told once by a channel that takes over the recipient of two", async () => {
    fail(deferred(), "old", "a");
    fail(deferred(), "older", "a");
    for (const [index, channel] of ["old", "older"].entries()) await tell(channel, `${index}`);
    await run([...channelOfPeople("old", ["a"]), ...channelOfPeople("older", ["a"])]);
    await run([slack, ...channelOfPeople("new", ["a", "b"])], DAY);
    expect([accepted("new", "a", "b"), slack.tried]).toEqual([[1, 0], []]);
  });

  it("is no remediation of another service by the same settings", async () => {
    const settings = { tier: "remediation", fingerprint: "same" } as const;
    const restart = fakeChannel("on_firing:tools", clock, settings);
    restart.response = () => deferred();
    await tell("on_firing:tools");
    await run([restart]);
    const another = fakeChannel("on_firing:redis", clock, settings);
    await run([another, slack], DAY);
    expect([another.tried, slack.tried]).toEqual([[], []]);
  });

  it.each([
    ["nobody of its channel, which is gone, was told", ["a", "b"], 1],
    ["somebody of its channel, which is gone, was told", ["b"], 0],
  ])("is told elsewhere only if %s", async (_when, waiting, told) => {
    fail(deferred(), "old", ...waiting);
    await tell("old");
    await run(channelOfPeople("old", ["a", "b"]));
    await run([slack], DAY);
    expect(slack.accepted).toHaveLength(told);
  });

  it.each([
    ["follows the settings of its channel to another name", "same", [1, 0]],
    ["is told elsewhere when nothing has the settings of its channel", "others", [0, 1]],
  ])("%s", async (_what, fingerprint, told) => {
    const old = fakeChannel("old", clock, { fingerprint: "same" });
    old.response = () => deferred();
    await tell("old");
    await run([old]);
    const renamed = fakeChannel("new", clock, { fingerprint });
    await run([slack, renamed], DAY);
    expect([renamed.accepted.length, slack.accepted.length]).toEqual(told);
  });

  it("follows the settings of its channel also when it was never tried", async () => {
    const log = fakeChannel("log", clock, { tier: "log" });
    const old = fakeChannel("old", clock, { fingerprint: "same" });
    old.response = () => deferred(600_000);
    await tell("old");
    await run([log, old]);
    await tell("old", "2", ["b"]);
    await tell("log", "3", ["b"]);
    await run([log, old]);
    expect(old.tried.map(({ id }) => id)).toEqual(["1"]);
    const renamed = fakeChannel("new", clock, { fingerprint: "same" });
    await run([log, renamed], DAY);
    expect(renamed.accepted.map((id) => id.split("-")[0])).toEqual(["1", "2"]);
  });
});
