/**
 * What every outbox must do, one test for each sentence of its port. Run on each database that a host uses; the database is real
 * and migrated.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChannelState, Outbox } from "../../shared/ports/outbox.ts";
import { createOutbox, putNotifications } from "../../shared/storage/outbox.ts";
import { untouched } from "../../shared/usecases/delivery/channel-state.ts";
import { T0 } from "../support/checks.ts";
import { whileMissing } from "../support/missing-table.ts";
import { message, put } from "../support/outbox-bench.ts";
import { claimsContract } from "./outbox-claims.ts";
import { relatedContract } from "./outbox-related.ts";
import { successionContract } from "./outbox-succession.ts";
import type { ContractDatabase } from "./store-contract.ts";

const DAY = 86_400_000;

export function outboxContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  claimsContract(name, open);
  relatedContract(name, open);
  successionContract(name, open);
  describe(`outbox on ${name}`, () => {
    let database: ContractDatabase;
    let outbox: Outbox;
    let unreadable: string[];

    beforeEach(async () => {
      database = await open();
      unreadable = [];
      outbox = createOutbox(database.db, ({ table, key }) => unreadable.push(`${table} ${key}`));
    });
    afterEach(() => database.close());

    describe("a claim", () => {
      it("is had by one of several, and by the next when it has lapsed; each counts as an attempt", async () => {
        const notification = message("1", ["a"]);
        await put(database.db, "slack", notification);
        const claims = await Promise.all([1, 2, 3].map(() => outbox.claim("1", { nowMs: T0, untilMs: T0 + 100 })));
        expect(claims.filter((claim) => claim !== null)).toEqual([{ notification, attempts: 1 }]);
        expect(await outbox.claim("1", { nowMs: T0 + 99, untilMs: T0 + 200 })).toBeNull();
        expect(await outbox.claim("1", { nowMs: T0 + 100, untilMs: T0 + 200 })).toEqual({ notification, attempts: 2 });
      });

      it("is not possible for what is not pending", async () => {
        await put(database.db, "slack", message("1", ["a"]));
        await outbox.settle({
          id: "1",
          atMs: T0,
          settlement: { kind: "sent", receipt: "r" },
          channel: null,
          forwarded: [],
        });
        expect(await outbox.claim("1", { nowMs: T0, untilMs: T0 + 100 })).toBeNull();
        expect(await outbox.claim("2", { nowMs: T0, untilMs: T0 + 100 })).toBeNull();
      });
    });

    describe("an attempt", () => {
      const STATE: ChannelState = {
        name: "slack",
        fingerprint: "f",
        failures: 3,
        isBroken: true,
        failure: "refused",
        message: "The receiver answered HTTP 404",
        notBeforeMs: T0 + 7,
        sentAtMs: T0 - 1,
        failedAtMs: T0,
      };

      it("is written down with the state of its channel and what is told elsewhere, and twice is once", async () => {
        await put(database.db, "slack", message("1", ["a"]));
        const forwarded = [{ channel: "email", notification: message("1-e", ["a"]) }];
        const result = {
          id: "1",
          atMs: T0,
          settlement: { kind: "failed", failure: "refused" },
          channel: STATE,
          forwarded,
        } as const;
        await outbox.settle(result);
        await outbox.settle(result);
        expect(await outbox.channelStates()).toEqual([STATE]);
        expect((await outbox.listPending()).map(({ id }) => id)).toEqual(["1-e"]);
      });

      it("that is to be repeated gives the claim back", async () => {
        await put(database.db, "slack", message("1", ["a"]));
        await outbox.claim("1", { nowMs: T0, untilMs: T0 + 100 });
        const settlement = {
          kind: "again",
          mayHaveArrived: false,
          fingerprint: "f",
          dueMs: T0 + 50,
          failure: "timeout",
          attempt: 1,
        } as const;
        await outbox.settle({ id: "1", atMs: T0, settlement, channel: null, forwarded: [] });
        expect(await outbox.listPending()).toMatchObject([{ dueMs: T0 + 50, claimedUntilMs: 0 }]);
      });

      it("that succeeded counts for its channel and its time, and is forgotten when it is old", async () => {
        for (const [index, id] of ["1", "2", "3"].entries()) {
          await put(database.db, "sms", message(id, ["a"]));
          const settlement = { kind: "sent", receipt: null } as const;
          await outbox.settle({ id, atMs: T0 + index, settlement, channel: null, forwarded: [] });
        }
        await put(database.db, "sms", message("4", ["a"]));
        expect([await outbox.countSentSince("sms", T0 + 1), await outbox.countSentSince("email", 0)]).toEqual([2, 0]);
        await outbox.forgetEndedBefore(T0 + 2);
        expect([await outbox.countSentSince("sms", T0), (await outbox.listPending()).length]).toEqual([1, 1]);
      });
    });

    it("lists of each channel the first 500, in the order of decision", async () => {
      const ids = Array.from({ length: 600 }, (_, index) => `dead-${index}`);
      const outgoing = ids.map((id) => ({ channel: "dead", notification: message(id, [id]) }));
      // In parts: the bridge into the runtime now and then drops a connection over a body of hundreds of kB.
      for (let start = 0; start < outgoing.length; start += 100)
        await database.db.batch(putNotifications(database.db, outgoing.slice(start, start + 100)));
      await put(database.db, "slack", message("late", ["a"]));
      const listed = (await outbox.listPending()).map(({ id }) => id);
      expect(listed).toEqual([...ids.slice(0, 500), "late"]);
    });

    it("keeps what is known of a channel from later attempts", async () => {
      const later: ChannelState = {
        name: "slack",
        fingerprint: "f",
        failures: 1,
        isBroken: true,
        failure: "refused",
        message: "no",
        notBeforeMs: 0,
        sentAtMs: null,
        failedAtMs: T0 + 9,
      };
      const settlement = { kind: "sent", receipt: null } as const;
      await outbox.settle({ id: "2", atMs: T0 + 9, settlement, channel: later, forwarded: [] });
      const earlier = { ...later, failures: 0, isBroken: false, sentAtMs: T0 + 8, failedAtMs: null };
      await outbox.settle({ id: "1", atMs: T0 + 8, settlement, channel: earlier, forwarded: [] });
      expect(await outbox.channelStates()).toEqual([later]);
      await outbox.settle({
        id: "3",
        atMs: T0 + 10,
        settlement,
        channel: { ...earlier, sentAtMs: T0 + 10 },
        forwarded: [],
      });
      expect(await outbox.channelStates()).toMatchObject([{ isBroken: false, sentAtMs: T0 + 10 }]);
    });

    it("counts nothing as sent that is dated weeks ahead, and knows more of a channel than what was found then", async () => {
      const aheadMs = T0 + 40 * DAY;
      await put(database.db, "sms", message("1", ["a"]));
      const settlement = { kind: "sent", receipt: null } as const;
      const ahead = { ...untouched({ name: "sms", fingerprint: "f" }), sentAtMs: aheadMs };
      await outbox.settle({ id: "1", atMs: aheadMs, settlement, channel: ahead, forwarded: [] });
      expect(await outbox.countSentSince("sms", T0 - DAY)).toBe(0);
      const found = { ...ahead, sentAtMs: T0 };
      await outbox.settle({ id: "2", atMs: T0, settlement, channel: found, forwarded: [] });
      expect(await outbox.channelStates()).toEqual([found]);
    });

    it("rejects with the database's own error, which quotes no value", async () => {
      const settlement = { kind: "sent", receipt: "r" } as const;
      await whileMissing(database.db, "notifications", async () => {
        for (const work of [
          () => outbox.listPending(),
          () => outbox.claim("1", { nowMs: T0, untilMs: T0 }),
          () => outbox.settle({ id: "1", atMs: T0, settlement, channel: null, forwarded: [] }),
          () => outbox.listRelated({ alertIds: ["a"] }),
          () => outbox.lastDrill(),
          () => outbox.countSentSince("slack", T0),
          () => outbox.forgetEndedBefore(T0),
        ])
          await expect(work()).rejects.toThrow(/^D1_ERROR: no such table: notifications/);
      });
      await whileMissing(database.db, "channels", async () => {
        await expect(outbox.channelStates()).rejects.toThrow(/^D1_ERROR: no such table: channels/);
      });
    });

    it("lets a row that cannot be read harm no other", async () => {
      for (const id of ["1", "2", "3"]) await put(database.db, "slack", message(id, [id]));
      await database.db.prepare("update notifications set payload = '{' where id = '1'").run();
      await database.db.prepare("update notifications set alert_ids = '[' where id = '2'").run();
      expect((await outbox.listPending()).map(({ alertIds }) => alertIds)).toEqual([["1"], [], ["3"]]);
      expect(await outbox.claim("1", { nowMs: T0, untilMs: T0 + 9 })).toBeNull();
      expect((await outbox.listPending()).map(({ id }) => id)).toEqual(["2", "3"]);
      expect((await outbox.listRelated({ alertIds: ["1", "2", "3"] })).map(({ id }) => id)).toEqual(["3"]);
      expect(unreadable.toSorted()).toEqual(["notifications id 1", "notifications id 2"]);
    });

    it.each([
      ["{}"],
      ['{"id":"1"}'],
      ["{"],
      ["[]"],
      ["5"],
      [JSON.stringify(message("another", ["a"]))],
      [JSON.stringify({ ...message("1", ["a"]), atMs: 9e18 })],
      [JSON.stringify({ ...message("1", ["a"]), alerts: [{ id: "a" }] })],
    ])("never gives out what is no message of ours, but has it fail: %s", async (payload) => {
      await put(database.db, "slack", message("1", ["a"]));
      await database.db.prepare("update notifications set payload = ?").bind(payload).run();
      expect(await outbox.claim("1", { nowMs: T0, untilMs: T0 + 9 })).toBeNull();
      expect(await outbox.listPending()).toEqual([]);
      expect(await database.db.prepare("select state, failure from notifications").first()).toEqual({
        state: "failed",
        failure: "unreadable",
      });
      expect(unreadable).toEqual(["notifications id 1"]);
    });

    it.each(["created_at_ms", "due_ms", "claimed_until_ms", "attempts", "alert_ids"])(
      "gives out a message of which only %s is damaged",
      async (column) => {
        for (const [index, value] of ["x", 9e18].entries()) {
          const sent = message(String(index), ["a"]);
          await put(database.db, "slack", sent);
          await database.db.prepare(`update notifications set ${column} = ? where id = ?`).bind(value, sent.id).run();
          const [listed] = await outbox.listPending();
          expect(Math.max(listed?.dueMs ?? Infinity, listed?.claimedUntilMs ?? Infinity)).toBeLessThanOrEqual(T0);
          const claimed = await outbox.claim(sent.id, { nowMs: T0, untilMs: T0 + 9 });
          expect(claimed?.notification).toEqual(sent);
          const settlement = {
            kind: "again",
            mayHaveArrived: false,
            fingerprint: "f",
            dueMs: T0 + 5,
            failure: "timeout",
            attempt: claimed?.attempts ?? 0,
          } as const;
          await outbox.settle({ id: sent.id, atMs: T0, settlement, channel: null, forwarded: [] });
          expect(await outbox.listPending()).toMatchObject([{ dueMs: T0 + 5, claimedUntilMs: 0 }]);
          await outbox.settle({
            id: sent.id,
            atMs: T0,
            settlement: { kind: "sent", receipt: null },
            channel: null,
            forwarded: [],
          });
        }
      },
    );

    it("knows a channel again after its row was damaged", async () => {
      const settlement = { kind: "sent", receipt: null } as const;
      const channel = { ...untouched({ name: "slack", fingerprint: "f" }), sentAtMs: T0 };
      for (const value of ["x", 9e18]) {
        await outbox.settle({ id: "1", atMs: T0, settlement, channel, forwarded: [] });
        await database.db.prepare("update channels set sent_at_ms = ?").bind(value).run();
        expect(await outbox.channelStates()).toEqual([]);
        await outbox.settle({ id: "2", atMs: T0, settlement, channel, forwarded: [] });
        expect(await outbox.channelStates()).toEqual([channel]);
      }
      expect(unreadable).toEqual(["channels name slack"]);
    });

    it("tells the last drill with what has become of its messages", async () => {
      expect(await outbox.lastDrill()).toBeNull();
      for (const atMs of [T0, T0 + 1]) {
        await put(database.db, "slack", { ...message(`drill-${atMs.toString(36)}-0`, [], atMs), type: "drill" });
        await put(database.db, "email", { ...message(`drill-${atMs.toString(36)}-1`, [], atMs), type: "drill" });
      }
      const id = `drill-${(T0 + 1).toString(36)}-0`;
      await outbox.settle({
        id,
        atMs: T0 + 5,
        settlement: { kind: "sent", receipt: null },
        channel: null,
        forwarded: [],
      });
      expect(await outbox.lastDrill()).toEqual({
        atMs: T0 + 1,
        messages: [
          { channel: "slack", state: "sent", endedAtMs: T0 + 5, failure: null },
          { channel: "email", state: "pending", endedAtMs: null, failure: null },
        ],
      });
    });
  });
}
