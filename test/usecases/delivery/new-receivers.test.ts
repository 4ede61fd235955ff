/** What is found out when a configuration comes into force: on a real database. What becomes of it is in changed-receivers.test.ts. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { findNewReceivers } from "../../../shared/usecases/delivery/new-receivers.ts";
import { AlertingBench, AT_ONCE } from "../../support/alerting-bench.ts";
import { T0 } from "../../support/checks.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { fakeChannel, message, put } from "../../support/outbox-bench.ts";
import { testCluster } from "../../support/probe-loop-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

let database: TestDatabase;
beforeEach(() => {
  database = sqliteTestDatabase();
});
afterEach(() => database.close());

const clock = new FakeClock(T0);
const cluster = testCluster([]);

it("every receiver is named, and what is stored about alerts that were told, and about no other", async () => {
  const bench = new AlertingBench({ services: [{ id: "a", rules: AT_ONCE }, { id: "b" }] });
  bench.fail("a", "b");
  const { id } = bench.alert("a");
  await put(database.db, "slack", message("1", [id]));
  await put(database.db, "slack", message("2", ["other"]));
  await put(database.db, "slack", message("3", [bench.alert("b").id]));
  const recipients = [fakeChannel("mail/ann", clock), fakeChannel("mail/bob", clock)];
  const channels = [fakeChannel("mail", clock, { recipients }), fakeChannel("slack", clock)];
  const configured = { ...cluster, alerting: { ...cluster.alerting, channels } };
  const log = { write: () => expect.unreachable("it could be read") };
  const found = await findNewReceivers(configured, {
    outbox: createOutbox(database.db),
    log,
    alerting: async () => bench.state,
  });
  expect(found).toMatchObject({
    kind: "receivers",
    receivers: ["mail/ann", "mail/bob", "slack"].map((name) => ({ name, fingerprint: "f" })),
    alertIds: new Set([id]),
    told: { messages: [{ id: "1" }] },
  });
});

it("storage that cannot be read is told in the log", async () => {
  const logged: string[] = [];
  const fails = async () => {
    throw new Error("disk I/O error");
  };
  const log = { write: (_level: string, text: string) => void logged.push(text) };
  const outbox = createOutbox(database.db);
  expect(await findNewReceivers(cluster, { outbox, log, alerting: fails })).toBeNull();
  expect(logged).toEqual(["it could not be found out which receivers are new"]);
});
