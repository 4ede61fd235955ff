/**
 * The outbox while storage fails: what memory gives out in its place, and what storage knows afterwards.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Notification } from "../../../shared/domain/alerting/notification.ts";
import type { AttemptResult, Outbox, Settlement } from "../../../shared/ports/outbox.ts";
import { createOutbox } from "../../../shared/storage/outbox.ts";
import { OutboxSwitch } from "../../../shared/usecases/delivery/outbox-switch.ts";
import { untouched } from "../../../shared/usecases/delivery/channel-state.ts";
import { T0 } from "../../support/checks.ts";
import { failingD1 } from "../../support/failing-d1.ts";
import { message, put } from "../../support/outbox-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "../../support/sqlite-database.ts";

const S = 1_000;

let database: TestDatabase;
let isAway: boolean;
let outbox: OutboxSwitch;
let logged: string[];

beforeEach(() => {
  database = sqliteTestDatabase();
  isAway = false;
  logged = [];
  outbox = over(createOutbox(failingD1(database.db, "SQLITE_FULL", () => (isAway ? "before" : null)).db));
});
afterEach(() => database.close());

const over = (stored: Outbox) => new OutboxSwitch(stored, { write: (_level, text) => void logged.push(text) });
/** Reading works, writing does not. */
const overFull = (isFull: () => boolean) => {
  const { claim: claimStored, settle: settleStored, ...reading } = createOutbox(database.db);
  const refuse = async () => {
    throw new Error("D1_ERROR: database or disk is full");
  };
  return over({
    ...reading,
    claim: (...claimed) => (isFull() ? refuse() : claimStored(...claimed)),
    settle: (result) => (isFull() ? refuse() : settleStored(result)),
  });
};
const slack = (notification: Notification) => ({ channel: "slack", notification });
const stored = (id: string) => put(database.db, "slack", message(id, [`alert of ${id}`]));
const commit = async (id: string, alerts = [`alert of ${id}`]) => {
  await put(database.db, "slack", message(id, alerts));
  outbox.tell({ stored: [slack(message(id, alerts))], unstored: [] });
};
const fail = (...messages: readonly Notification[]) => outbox.tell({ stored: [], unstored: messages.map(slack) });
const claim = async (id: string, nowMs = T0) =>
  (await outbox.claim(id, { nowMs, untilMs: nowMs + 12 * S }))?.notification ?? null;
const settle = (id: string, settlement: Settlement, more: Partial<AttemptResult> = {}) =>
  outbox.settle({ id, atMs: T0, settlement, channel: null, forwarded: [], ...more });
const SENT = { kind: "sent", receipt: null } as const;
const ids = async () => (await outbox.listPending()).map(({ id }) => id);
const rows = () =>
  database.sqlite.prepare("select id, state, due_ms - ? as due from notifications order by seq").all(T0);

describe("while storage fails", () => {
  it("what could not be stored is given out once, says so, and is written down when it is stored", async () => {
    isAway = true;
    fail(message("1", ["a"]));
    expect(await ids()).toEqual(["1"]);
    expect(await claim("1")).toMatchObject({ isUnsaved: true });
    expect(await claim("1")).toBeNull();
    await settle("1", SENT);
    isAway = false;
    expect(await ids()).toEqual([]);
    await commit("1", ["a"]);
    expect(await ids()).toEqual([]);
    expect(rows()).toMatchObject([{ id: "1", state: "sent" }]);
  });

  it("what was just stored is given out, and what was stored before waits, with all that is about the same alert", async () => {
    await stored("0");
    await ids();
    await commit("1");
    isAway = true;
    fail(message("2", ["alert of 0"]), message("3", ["alert of 3"]));
    const listed = await outbox.listPending();
    expect(listed.map(({ id, dueMs, claimedUntilMs }) => [id, Math.max(dueMs, claimedUntilMs)])).toEqual([
      ["0", Infinity],
      ["1", T0],
      ["2", T0],
      ["3", T0],
    ]);
    expect([await claim("0"), (await claim("1"))?.id]).toEqual([null, "1"]);
  });

  it("an attempt that failed is due again when its receiver said so, also for whoever reads storage afterwards", async () => {
    isAway = true;
    fail(message("1", ["a"]));
    await claim("1");
    const channel = {
      ...untouched({ name: "slack", fingerprint: "f" }),
      failures: 1,
      failedAtMs: T0,
      notBeforeMs: T0 + 90 * S,
    };
    await settle(
      "1",
      {
        kind: "again",
        mayHaveArrived: false,
        fingerprint: "f",
        dueMs: T0 + 90 * S,
        failure: "rate_limited",
        attempt: 1,
      },
      { channel },
    );
    expect((await outbox.listPending())[0]).toMatchObject({ dueMs: T0 + 90 * S, claimedUntilMs: 0 });
    isAway = false;
    await commit("1", ["a"]);
    expect((await outbox.listPending())[0]).toMatchObject({ dueMs: T0 + 90 * S, claimedUntilMs: 0 });
    expect(rows()).toEqual([{ id: "1", state: "pending", due: 90 * S }]);
    expect(await createOutbox(database.db).channelStates()).toEqual([channel]);
  });

  it("what is being sent from memory when storage is back is written down when it ends", async () => {
    isAway = true;
    fail(message("1", ["a"]));
    await claim("1");
    isAway = false;
    await commit("1", ["a"]);
    await ids();
    await settle("1", SENT);
    expect([await ids(), rows()]).toMatchObject([[], [{ state: "sent" }]]);
  });

  it("what is told elsewhere instead is given out from memory, and stored with the reason", async () => {
    await commit("1");
    await ids();
    isAway = true;
    const forwarded = [{ channel: "email", notification: message("1-x", ["alert of 1"]) }];
    await claim("1");
    await settle("1", { kind: "failed", failure: "refused" }, { forwarded });
    expect(await ids()).toEqual(["1-x"]);
    await claim("1-x");
    await settle("1-x", SENT);
    isAway = false;
    expect(await ids()).toEqual([]);
    expect(rows()).toMatchObject([
      { id: "1", state: "failed" },
      { id: "1-x", state: "sent" },
    ]);
  });

  it("the cap counts what was sent from memory, and not twice afterwards", async () => {
    isAway = true;
    fail(message("1", ["a"]));
    await claim("1");
    await settle("1", SENT);
    expect(await outbox.countSentSince("slack", T0)).toBe(1);
    isAway = false;
    await commit("1", ["a"]);
    await ids();
    expect(await outbox.countSentSince("slack", T0)).toBe(1);
  });

  it("its errors are everybody's when nothing waits in memory", async () => {
    await stored("1");
    isAway = true;
    await expect(outbox.listPending()).rejects.toThrow("full");
    await expect(claim("1")).rejects.toThrow("full");
    await expect(outbox.channelStates()).rejects.toThrow("full");
    await expect(outbox.countSentSince("slack", T0)).rejects.toThrow("full");
  });
});

describe("while storage can be read and not written", () => {
  it("what was stored before a restart is given out from memory, all of it, and written down when that works", async () => {
    let isFull = true;
    outbox = overFull(() => isFull);
    for (const id of ["1", "2", "3"]) await stored(id);
    for (const id of ["1", "2", "3"]) {
      expect((await outbox.listPending())[0]).toMatchObject({ id, dueMs: T0 });
      expect([await claim(id), await claim(id)]).toEqual([message(id, [`alert of ${id}`]), null]);
      await settle(id, SENT);
    }
    isFull = false;
    expect([await ids(), rows()]).toMatchObject([[], [{ state: "sent" }, { state: "sent" }, { state: "sent" }]]);
  });

  it("what its receiver does not take is due again when it said so, and nothing waits for it", async () => {
    let isFull = true;
    outbox = overFull(() => isFull);
    await stored("1");
    await stored("2");
    await ids();
    await claim("1");
    await settle("1", {
      kind: "again",
      mayHaveArrived: false,
      fingerprint: "f",
      dueMs: T0 + 90 * S,
      failure: "rate_limited",
      attempt: 1,
    });
    expect((await outbox.listPending()).map(({ id, dueMs }) => [id, dueMs])).toEqual([
      ["1", T0 + 90 * S],
      ["2", T0],
    ]);
    isFull = false;
    await ids();
    expect(rows()).toMatchObject([{ id: "1", state: "pending", due: 90 * S }, { id: "2" }]);
  });

  it("what somebody else is sending, has sent, or cannot be read is not given out", async () => {
    outbox = overFull(() => true);
    for (const id of ["1", "2", "3", "4"]) await stored(id);
    const elsewhere = createOutbox(database.db);
    await ids();
    await elsewhere.claim("1", { nowMs: T0, untilMs: T0 + 9 * S });
    await elsewhere.settle({ id: "2", atMs: T0, settlement: SENT, channel: null, forwarded: [] });
    database.sqlite.exec("update notifications set payload = '{}' where id = '3'");
    expect((await outbox.listPending()).map(({ id }) => id)).toEqual(["1", "3", "4"]);
    expect([await claim("4"), await claim("1"), await claim("2"), await claim("3")]).toEqual([
      message("4", ["alert of 4"]),
      null,
      null,
      null,
    ]);
  });
});

describe("a result that storage refuses for what it is", () => {
  it("is told and left, keeps nothing else from being stored, and its message is not given out again", async () => {
    const { settle: settleStored, ...rest } = createOutbox(database.db);
    outbox = over({
      ...rest,
      async settle(result) {
        if (result.id === "1") throw new Error("D1_TYPE_ERROR: Type 'undefined' not supported for value 'undefined'");
        await settleStored(result);
      },
    });
    for (const id of ["1", "2"]) await stored(id);
    expect(await ids()).toEqual(["1", "2"]);
    for (const id of ["1", "2"]) {
      await claim(id);
      await settle(id, SENT);
    }
    expect(await ids()).toEqual([]);
    expect(rows()).toMatchObject([
      { id: "1", state: "pending" },
      { id: "2", state: "sent" },
    ]);
    expect(logged).toEqual(["what became of a message cannot be stored"]);
  });
});

describe("what has been sent", () => {
  it("is not given out when a commit whose answer was lost hands it over once more", async () => {
    await stored("1");
    await ids();
    await claim("1");
    await settle("1", SENT);
    fail(message("1", ["alert of 1"]));
    expect([await ids(), await claim("1")]).toEqual([[], null]);
    isAway = true;
    fail(message("1", ["alert of 1"]), message("2", ["b"]));
    expect([await ids(), await claim("1")]).toEqual([["2"], null]);
  });

  it("is not given out although that could not be written down, until it is", async () => {
    await commit("1");
    await ids();
    await claim("1");
    isAway = true;
    await settle("1", SENT);
    await expect(outbox.listPending()).rejects.toThrow("full");
    expect(await claim("1")).toBeNull();
    isAway = false;
    expect([await ids(), rows()]).toMatchObject([[], [{ state: "sent" }]]);
  });

  it("stays so when another process has committed first, and nobody ever stores it", async () => {
    isAway = true;
    fail(message("1", ["a"]));
    await claim("1");
    await settle("1", SENT);
    isAway = false;
    outbox.tell({ stored: [], unstored: [] });
    expect([await ids(), rows()]).toEqual([[], []]);
    fail(message("1", ["a"]));
    expect(await ids()).toEqual([]);
  });
});
