/**
 * What becomes of the tables when the clock that they were written by was ahead, once the present is gone on from: one test for each
 * sentence of shared/storage/take-back.ts. Run on each database that a host uses; the database is real and migrated.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import { nearTo } from "../../shared/domain/alerting/same-message.ts";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import { bringForward } from "../../shared/domain/monitoring/first-setting.ts";
import type { ArchiveStore, Store } from "../../shared/ports/store.ts";
import { listAlerts } from "../../shared/storage/alert-log.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { createOccasions } from "../../shared/storage/occasions.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { check, EVERYTHING, HOUR, MINUTE, moment, T0 } from "../support/checks.ts";
import { message, put } from "../support/outbox-bench.ts";
import { commitOf } from "../support/stored-sweeps.ts";
import type { ContractDatabase } from "./store-contract.ts";

const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const FOREVER = Number.MAX_SAFE_INTEGER;

const RECORD: AlertRecord = {
  firedAtMs: 0,
  id: "",
  subject: "a",
  name: "Service a",
  severity: "critical",
  state: "firing",
  status: "error",
  reason: "refused",
  message: null,
  sinceMs: 0,
  endedAtMs: null,
  endReason: null,
  isFlapping: false,
  level: 1,
  notifiedChannels: ["slack"],
  decision: "notified",
  acknowledgedBy: null,
  actionTaken: null,
};

export function clockContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`a clock that was ahead, on ${name}`, () => {
    let database: ContractDatabase;
    let store: Store & ArchiveStore;
    let generation: number;

    beforeEach(async () => {
      database = await open();
      store = createD1Store(database.db);
      generation = 0;
    });
    afterEach(() => database.close());

    const sweep = async (atMs: number, more: object = {}): Promise<void> => {
      const checks: Check[] = [check("a", atMs - 1)];
      const commit = { ...commitOf(moment(atMs, checks), checks, generation), ...more };
      expect(await store.commitSweep(commit)).toBe("committed");
      generation += 1;
    };
    const sweeps = async (count: number, startMs: number): Promise<number[]> => {
      const times = Array.from({ length: count }, (_, index) => startMs + index * MINUTE);
      for (const atMs of times) await sweep(atMs);
      return times;
    };
    /** The first sweep of the present. */
    const goOn = (nowMs: number, leadMs: number) => sweep(nowMs, { takenBack: { nowMs, leadMs } });
    const shown = async (): Promise<number[]> => (await store.listSweeps(EVERYTHING)).map(({ atMs }) => atMs).reverse();
    const sampled = async (): Promise<number[]> =>
      (await store.listSamples("a", 0, FOREVER)).map(({ checkedAtMs }) => checkedAtMs + 1);
    const count = async (sql: string): Promise<number> => Number(await database.db.prepare(sql).first("n"));

    for (const [lead, leadMs] of Object.entries({ "400 days": 400 * DAY, "25 hours": 25 * HOUR })) {
      it(`history goes on from the present, and what lies ${lead} ahead is kept and not read`, async () => {
        const before = await sweeps(3, T0);
        await sweeps(5, T0 + leadMs);
        const nowMs = T0 + 4 * MINUTE;
        await goOn(nowMs, leadMs);
        const after = [...before, nowMs, ...(await sweeps(20, nowMs + MINUTE))];
        await cleanUp(store, nowMs + 21 * MINUTE, YEAR);
        expect(await shown()).toEqual(after);
        expect(await sampled()).toEqual(after);
        expect(await count("select count(*) as n from sweeps")).toBe(after.length + 5);
        expect(await store.newestSweepMs(FOREVER)).toBe(after.at(-1));
      });
    }

    it("nothing is lost of an hour that was archived while the clock was ahead, nor of what that clock archived", async () => {
      const leadMs = 400 * DAY;
      const before = await sweeps(10, T0);
      await sweeps(10, T0 + leadMs);
      await sweeps(2, T0 + leadMs + 3 * HOUR);
      await cleanUp(store, T0 + leadMs + 3 * HOUR + 2 * MINUTE, YEAR);
      expect(await count("select count(*) as n from hour_sweeps")).toBe(2);
      const nowMs = T0 + 20 * MINUTE;
      await goOn(nowMs, leadMs);
      const after = [nowMs, ...(await sweeps(5, nowMs + MINUTE))];
      await cleanUp(store, nowMs + 6 * MINUTE, YEAR);
      expect(await shown()).toEqual(after);
      const later = await sweeps(2, T0 + 3 * HOUR);
      await cleanUp(store, T0 + 3 * HOUR + 2 * MINUTE, YEAR);
      const all = [...before, ...after, ...later];
      expect(await shown()).toEqual(all);
      expect(await sampled()).toEqual(all);
      expect(await store.countSweeps()).toBe(all.length + 12);
      expect(await count("select count(*) as n from hour_sweeps")).toBe(2);
    });

    it("an open alert keeps its one row, with the present in it; one that is over is not listed before its time", async () => {
      const leadMs = 400 * DAY;
      const aheadMs = T0 + leadMs;
      const ended = { ...RECORD, id: "ended", firedAtMs: aheadMs, sinceMs: aheadMs, endedAtMs: aheadMs + 1 };
      const going = { ...RECORD, id: "going", firedAtMs: aheadMs + 2, sinceMs: aheadMs + 1 };
      const old = { ...RECORD, id: "old", firedAtMs: T0 - HOUR, sinceMs: T0 - HOUR };
      await sweep(aheadMs + 10, { alertRecords: [ended, going, old] });
      await goOn(T0 + 10, leadMs);
      const all = { sinceMs: 0, untilMs: FOREVER, after: null, limit: 10, service: null, severity: null, isOpen: null };
      expect(await listAlerts({ db: database.db, tell: () => {} }, all)).toEqual([
        { ...going, firedAtMs: T0 + 2, sinceMs: T0 + 1 },
        old,
      ]);
      expect(await count("select count(*) as n from alerts")).toBe(3);
    });

    it("an alert of before that ended by that clock has ended by now, as long ago as it was", async () => {
      const leadMs = 400 * DAY;
      const before = { ...RECORD, firedAtMs: T0, sinceMs: T0, state: "resolved", endReason: "recovered" } as const;
      const longAgo = { ...before, id: "long ago", endedAtMs: T0 + leadMs + MINUTE };
      const ended = { ...before, id: "before it was noticed", endedAtMs: T0 + leadMs + HOUR };
      await sweep(T0, { alertRecords: [longAgo, ended] });
      await sweep(T0 + leadMs + HOUR);
      await goOn(T0 + HOUR / 2, leadMs);
      const { results } = await database.db.prepare("select id, ended_at_ms from alerts order by id desc").all();
      expect(results).toEqual([
        { id: "long ago", ended_at_ms: T0 + MINUTE },
        { id: "before it was noticed", ended_at_ms: T0 + HOUR / 2 },
      ]);
    });

    it("nothing in the outbox waits longer for it, no channel and no drill, and nobody stands by for it", async () => {
      const leadMs = 400 * DAY;
      const aheadMs = T0 + leadMs;
      const outbox = createOutbox(database.db);
      const occasions = createOccasions(database.db);
      await sweep(aheadMs);
      await put(database.db, "slack", message("waits", ["a"], aheadMs));
      await put(database.db, "slack", message("claimed", ["b"], aheadMs));
      await put(database.db, "slack", message(`drill-${aheadMs}`, [], aheadMs));
      await outbox.claim("claimed", { nowMs: aheadMs, untilMs: aheadMs + MINUTE });
      const channel = {
        name: "slack",
        fingerprint: "f",
        failures: 1,
        isBroken: false,
        failure: "receiver_failed",
        message: null,
        notBeforeMs: aheadMs + HOUR,
        sentAtMs: null,
        failedAtMs: aheadMs,
      } as const;
      const settlement = {
        kind: "again",
        dueMs: aheadMs + HOUR,
        fingerprint: "f",
        failure: "receiver_failed",
        attempt: 1,
        mayHaveArrived: false,
      } as const;
      await outbox.settle({ id: "waits", atMs: aheadMs, settlement, channel, forwarded: [] });
      await occasions.note("primary_seen", aheadMs);
      await goOn(T0, leadMs);
      for (const pending of await outbox.listPending())
        expect([pending.createdAtMs, pending.dueMs, pending.claimedUntilMs <= T0]).toEqual([T0, T0, true]);
      expect(await outbox.channelStates()).toEqual([{ ...channel, notBeforeMs: T0, failedAtMs: T0 }]);
      expect(await occasions.last("primary_seen")).toBe(T0);
      expect((await outbox.lastDrill())?.atMs).toBe(T0);
      await put(database.db, "slack", message(`drill-${T0 + HOUR}`, [], T0 + HOUR));
      expect((await outbox.lastDrill())?.atMs).toBe(T0 + HOUR);
      await outbox.settle({
        id: "claimed",
        atMs: T0 + 1,
        settlement: { kind: "sent", receipt: null },
        channel: { ...channel, failures: 0, failure: null, notBeforeMs: 0, sentAtMs: T0 + 1, failedAtMs: null },
        forwarded: [],
      });
      expect(await outbox.channelStates()).toMatchObject([{ failures: 0, sentAtMs: T0 + 1 }]);
    });

    it("messages about the same alert, decided by that clock and by the right one, are still near each other", async () => {
      const leadMs = 400 * DAY;
      const aheadMs = T0 + leadMs;
      const outbox = createOutbox(database.db);
      await put(database.db, "slack", message("1", ["a"], aheadMs - 5 * HOUR));
      await put(database.db, "slack", message("2", ["a"], aheadMs - 1_000));
      await put(database.db, "email", message("3", ["a"], aheadMs - 2_000));
      await put(database.db, "sms", message("damaged", ["a"], aheadMs));
      await database.db.prepare("update notifications set payload = '{' where id = 'damaged'").run();
      await sweep(aheadMs);
      const claimed = await outbox.claim("2", { nowMs: aheadMs, untilMs: aheadMs });
      await goOn(T0, leadMs);
      await put(database.db, "sms", message("4", ["a"], T0 + 1_000));
      const related = await outbox.listRelated({ alertIds: ["a"] });
      expect(related.map(({ id, atMs }) => [id, atMs])).toEqual([
        ["1", T0 - 5 * HOUR],
        ["2", T0 - 1_000],
        ["3", T0 - 2_000],
        ["4", T0 + 1_000],
      ]);
      // Also for whoever took it before.
      expect(nearTo(claimed?.notification ?? message("2", []), related).map(({ id }) => id)).toEqual(["2", "3", "4"]);
      expect(await outbox.claim("3", { nowMs: T0, untilMs: T0 + 1 })).toMatchObject({
        notification: message("3", ["a"], T0 - 2_000),
      });
    });

    it("what was sent by that clock was sent as long ago as it was, and does not use up the day", async () => {
      const leadMs = 400 * DAY;
      const outbox = createOutbox(database.db);
      const sentAtMs = T0 + leadMs - 3 * DAY;
      await put(database.db, "sms", message("sent", ["a"], sentAtMs));
      await outbox.settle({
        id: "sent",
        atMs: sentAtMs,
        settlement: { kind: "sent", receipt: null },
        channel: null,
        forwarded: [],
      });
      await sweep(T0 + leadMs);
      await goOn(T0, leadMs);
      expect(await outbox.countSentSince("sms", T0 - DAY)).toBe(0);
      expect(await outbox.countSentSince("sms", T0 - 4 * DAY)).toBe(1);
    });

    it("what was dated by a clock that nobody had set comes forward to now, as long ago as it was", async () => {
      const outbox = createOutbox(database.db);
      const unsetMs = 20_000;
      const still = { ...RECORD, id: "open", firedAtMs: unsetMs - 2, sinceMs: unsetMs - 5 };
      const over = { ...RECORD, id: "over", firedAtMs: 3, sinceMs: 2, endedAtMs: 4, endReason: "recovered" } as const;
      await put(database.db, "slack", message("waits", ["a"], unsetMs - 1));
      await sweep(unsetMs, { alertRecords: [still, over] });
      await sweep(T0, { takenBack: bringForward(unsetMs, T0) });
      expect(await outbox.listPending()).toMatchObject([{ createdAtMs: T0 - 1, dueMs: T0 - 1, claimedUntilMs: 0 }]);
      expect(await outbox.listRelated({ alertIds: ["a"] })).toMatchObject([{ atMs: T0 - 1 }]);
      const all = { sinceMs: 0, untilMs: FOREVER, after: null, limit: 10, service: null, severity: null, isOpen: null };
      expect(await listAlerts({ db: database.db, tell: () => {} }, all)).toEqual([
        { ...still, firedAtMs: T0 - 2, sinceMs: T0 - 5 },
        over,
      ]);
      expect(await shown()).toEqual([unsetMs, T0]);
    });
  });
}
