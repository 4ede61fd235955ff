/** Who is new by what the outbox knows: on a real database and a fake clock. */
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Channel } from "../../../shared/ports/notifier.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { findNewReceivers } from "../../../shared/usecases/delivery/new-receivers.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { deferred, deliverFor, delivererOf, fakeChannel, message, put } from "../../support/outbox-bench.ts";
import { testCluster } from "../../support/probe-loop-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

let database: TestDatabase;
let clock: FakeClock;
beforeEach(() => {
  database = sqliteTestDatabase();
  clock = new FakeClock(T0);
});
afterEach(() => database.close());

const slack = (fingerprint: string, name = "slack"): Channel => fakeChannel(name, clock, { fingerprint });
const mail = (...keys: readonly string[]): Channel => {
  const recipients = keys.map((key) => fakeChannel(`mail/${key}`, clock, { fingerprint: keys.join() }));
  return fakeChannel("mail", clock, { fingerprint: keys.join(), recipients });
};

const deliver = (channels: readonly Channel[], fails = false) => {
  const all = channels.flatMap((each) => [each, ...(each.recipients ?? [])]);
  const shown = fails ? all.map((each) => ({ ...each, deliver: async () => deferred() })) : all;
  return deliverFor(delivererOf({ db: database.db, clock, channels: shown }), clock, 1_000);
};

/** `name: alerts that wait for it`. */
async function find(...channels: readonly Channel[]) {
  const cluster = testCluster([]);
  const configured = { ...cluster, alerting: { ...cluster.alerting, channels } };
  const log = { write: () => expect.unreachable("it could be read") };
  const command = await findNewReceivers(configured, { outbox: createOutbox(database.db), log });
  if (command?.kind !== "receivers") expect.unreachable("it could be read");
  return {
    fresh: command.fresh.map(({ name, waiting }) => `${name}: ${[...waiting].join()}`),
    renamed: [...command.renamed].map((names) => names.join(" to ")),
  };
}

interface Change {
  readonly how: string;
  readonly before: () => Channel;
  readonly now: () => Channel;
  readonly fresh?: readonly string[];
  readonly renamed?: readonly string[];
}

it.each<Change>([
  { how: "nothing changed", before: () => slack("old"), now: () => slack("old") },
  { how: "another URL", before: () => slack("old"), now: () => slack("new"), fresh: ["slack: "] },
  { how: "another name", before: () => slack("old"), now: () => slack("old", "chat"), renamed: ["slack to chat"] },
  { how: "another name and URL", before: () => slack("old"), now: () => slack("new", "chat") },
  { how: "one recipient more", before: () => mail("a"), now: () => mail("a", "b"), fresh: ["mail/b: "] },
  { how: "another recipient", before: () => mail("a", "b"), now: () => mail("a", "c"), fresh: ["mail/c: "] },
  { how: "a recipient less", before: () => mail("a", "b"), now: () => mail("a") },
])("$how", async ({ before, now, fresh = [], renamed = [] }) => {
  const { name } = before();
  await put(database.db, name, message("1", ["x"]));
  await deliver([before()]);
  for (let restart = 0; restart < 2; restart += 1) expect(await find(now())).toEqual({ fresh, renamed });
  await put(database.db, "other", message("2", ["y"]));
  expect(await find(now())).toEqual({ fresh, renamed });
});

it("what waits for a receiver that was repaired, or will be passed on to it, is not told by the change", async () => {
  await put(database.db, "slack", message("1", ["x"]));
  await put(database.db, "mail", message("2", ["y"]));
  await deliver([slack("old"), mail("a", "typo")], true);
  expect(await find(slack("new"), mail("a", "fixed"))).toEqual({ fresh: ["slack: x", "mail/fixed: y"], renamed: [] });
});

it("a recipient is told although a message waits for another one", async () => {
  await put(database.db, "mail", message("1", ["y"]));
  await deliver([mail("a")], true);
  expect(await find(mail("a", "b"))).toEqual({ fresh: ["mail/b: "], renamed: [] });
});

it("storage that cannot be read is told in the log", async () => {
  const logged: string[] = [];
  const fails = async () => {
    throw new Error("disk I/O error");
  };
  const log = { write: (_level: string, text: string) => void logged.push(text) };
  expect(
    await findNewReceivers(testCluster([]), { outbox: { channelStates: fails, listPending: fails }, log }),
  ).toBeNull();
  expect(logged).toEqual(["it could not be found out which receivers are new"]);
});
