/**
 * What is known of the messages about an alert while storage works, fails, or can only be read: each message once.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Settlement } from "../../../shared/ports/outbox.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { OutboxSwitch } from "../../../shared/usecases/delivery/outbox-switch.ts";
import { T0 } from "../../support/checks.ts";
import { failingD1 } from "../../support/failing-d1.ts";
import { message, put } from "../../support/outbox-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

let database: TestDatabase;
let isAway: boolean;
let isFull: boolean;
let outbox: OutboxSwitch;

beforeEach(() => {
  database = sqliteTestDatabase();
  isAway = false;
  isFull = false;
  const stored = createOutbox(failingD1(database.db, "SQLITE_IOERR", () => (isAway ? "before" : null)).db);
  const refuse = async () => {
    throw new Error("D1_ERROR: database or disk is full");
  };
  outbox = new OutboxSwitch(
    {
      ...stored,
      claim: (...claimed) => (isFull ? refuse() : stored.claim(...claimed)),
      settle: (result) => (isFull ? refuse() : stored.settle(result)),
    },
    { write() {} },
  );
});
afterEach(() => database.close());

const about = (id: string) => ({ channel: "slack", notification: message(id, [`alert of ${id}`]) });
const store = (id: string) => put(database.db, "slack", about(id).notification);
const commit = async (id: string) => {
  await store(id);
  outbox.tell({ stored: [about(id)], unstored: [] });
};
/** An attempt that ends so. */
const attempt = async (id: string, settlement: Settlement) => {
  await outbox.claim(id, { nowMs: T0, untilMs: T0 });
  await outbox.settle({ id, atMs: T0, settlement, channel: null, forwarded: [] });
};
const related = async (id: string) =>
  (await outbox.listRelated({ alertIds: [`alert of ${id}`] })).map((each) => [each.id, each.state, each.failure]);

const SENT = { kind: "sent", receipt: null } as const;
const AGAIN: Settlement = {
  kind: "again",
  mayHaveArrived: false,
  fingerprint: "f",
  dueMs: T0 + 1,
  attempt: 1,
  failure: "connection",
};

describe("what is known of the messages about an alert", () => {
  it("is each message once, as storage has it", async () => {
    await commit("1");
    expect(await related("1")).toEqual([["1", "pending", null]]);
    await attempt("1", AGAIN);
    expect(await related("1")).toEqual([["1", "pending", "connection"]]);
    await attempt("1", SENT);
    expect(await related("1")).toEqual([["1", "sent", null]]);
  });

  it("is each message once while storage cannot be written, as it ended since", async () => {
    for (const id of ["1", "2", "3"]) await store(id);
    await commit("4");
    await outbox.listPending();
    isFull = true;
    await attempt("1", SENT);
    await attempt("2", AGAIN);
    await attempt("3", { kind: "failed", failure: "refused" });
    await attempt("4", { kind: "replaced", createdAtMs: T0 });
    const found = await Promise.all(["1", "2", "3", "4"].map(related));
    expect(found).toEqual([[["1", "sent", null]], [["2", "pending", "connection"]], [["3", "failed", "refused"]], []]);
  });

  it("is what another process has stored of them, whatever this one remembers", async () => {
    await commit("1");
    await createOutbox(database.db).settle({ id: "1", atMs: T0, settlement: SENT, channel: null, forwarded: [] });
    expect(await related("1")).toEqual([["1", "sent", null]]);
  });

  it("is what memory has while storage cannot be read, with why an attempt failed", async () => {
    isAway = true;
    outbox.tell({ stored: [], unstored: [about("1")] });
    await attempt("1", AGAIN);
    expect(await related("1")).toEqual([["1", "pending", "connection"]]);
  });
});
