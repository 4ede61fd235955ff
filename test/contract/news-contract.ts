/**
 * What must hold of the news, one test for each sentence of shared/storage/news.ts. Run on each database that a host uses; the database
 * is real and migrated.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewsPlace } from "../../shared/domain/history/news-place.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { addMark, withdrawMark } from "../../shared/storage/marks.ts";
import { countNewsSince, readNews } from "../../shared/storage/news.ts";
import { check, moment, T0 } from "../support/checks.ts";
import { alerted, AlertingBench } from "../support/lived-alerting.ts";
import { commitOf } from "../support/stored-sweeps.ts";
import type { ContractDatabase } from "./store-contract.ts";

export function newsContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`news on ${name}`, () => {
    let database: ContractDatabase;
    let generation: number;

    beforeEach(async () => {
      database = await open();
      generation = 0;
    });
    afterEach(() => database.close());

    const changeTo = (serviceId: string, to: CheckStatus): Transition => {
      return { serviceId, atMs: T0 + generation, from: "unknown", to, reason: null, message: null };
    };
    const commit = async (transitions: readonly Transition[], more: object = {}): Promise<void> => {
      const atMs = T0 + 1_000 * (generation + 1);
      const next = commitOf(moment(atMs, [check("a", atMs)]), [], generation);
      expect(await createD1Store(database.db).commitSweep({ ...next, transitions, ...more })).toBe("committed");
      generation += 1;
    };
    const mark = (text: string) =>
      addMark(database.db, { atMs: T0, service: null, text, author: "kim", isPublic: false });
    const read = (place: NewsPlace, alertsSince = place.generation) =>
      readNews({ db: database.db, tell: () => {} }, place, alertsSince);
    const words = async (place: NewsPlace): Promise<string[]> =>
      (await read(place)).items.map((item) => {
        const what = item.kind === "mark" ? item.value?.text : `${item.value?.serviceId} ${item.value?.to}`;
        return `${item.generation} ${what}`;
      });

    it("are none before the first commit, but for marks", async () => {
      expect(await read({ generation: 0, told: 0 })).toEqual({ generation: 0, items: [], isMore: false, alerts: [] });
      await mark("early");
      expect(await words({ generation: 0, told: 0 })).toEqual(["1 early"]);
    });

    it("are by generation the marks before a commit, then its transitions, from any place on", async () => {
      await mark("one");
      await commit([changeTo("b", "error"), changeTo("a", "healthy")]);
      await mark("two");
      await mark("three");
      await commit([]);
      await commit([changeTo("b", "healthy")]);
      await mark("four");
      const all = ["1 one", "1 a healthy", "1 b error", "2 two", "2 three", "3 b healthy", "4 four"];
      expect(await words({ generation: 0, told: 0 })).toEqual(all);
      expect(await words({ generation: 0, told: 2 })).toEqual(all.slice(2));
      expect(await words({ generation: 1, told: 0 })).toEqual(all.slice(3));
      expect(await words({ generation: 1, told: 1 })).toEqual(all.slice(4));
      expect(await words({ generation: 2, told: 0 })).toEqual(all.slice(5));
      expect(await words({ generation: 3, told: 1 })).toEqual([]);
      // A place that says more than there is passes over nothing of a later commit.
      expect(await words({ generation: 1, told: 99 })).toEqual(all.slice(5));
    });

    it("keep the place of a mark that was withdrawn, and nothing of it", async () => {
      const { seq } = await mark("slip");
      await mark("one");
      await withdrawMark(database.db, { seq, id: "m", actor: "kim", atMs: T0 });
      await mark("two");
      expect(await words({ generation: 0, told: 0 })).toEqual(["1 undefined", "1 one", "1 two"]);
      expect(await words({ generation: 0, told: 2 })).toEqual(["1 two"]);
    });

    it("come 200 at a time", async () => {
      const many = Array.from({ length: 250 }, (_, index) => changeTo(`s${String(index).padStart(3, "0")}`, "healthy"));
      await commit(many);
      const first = await read({ generation: 0, told: 0 });
      expect([first.items.length, first.isMore]).toEqual([200, true]);
      const second = await read({ generation: 0, told: 200 });
      expect([second.items.length, second.isMore]).toEqual([50, false]);
    });

    it("tell an alert as it is now, to who has not heard of its last change", async () => {
      const bench = new AlertingBench([alerted("a"), alerted("b")]);
      for (let count = 0; count < 3; count += 1) bench.fail("a");
      const [record] = bench.records;
      if (!record) throw new Error("no alert has fired");
      await commit([], { alertRecords: [record] });
      await commit([], { alertRecords: [{ ...record, acknowledgedBy: "kim" }] });
      await commit([]);
      for (const since of [0, 1])
        expect((await read({ generation: 3, told: 0 }, since)).alerts).toEqual([{ ...record, acknowledgedBy: "kim" }]);
      expect((await read({ generation: 0, told: 0 }, 2)).alerts).toEqual([]);
    });

    it("can be counted, up to a number", async () => {
      await commit([changeTo("a", "healthy"), changeTo("b", "error")]);
      await commit([changeTo("a", "error")]);
      expect(await countNewsSince(database.db, 0, 10)).toBe(3);
      expect(await countNewsSince(database.db, 1, 10)).toBe(1);
      expect(await countNewsSince(database.db, 0, 2)).toBe(2);
    });

    it("are none of those that a generation has which begins anew, as after damage", async () => {
      await commit([changeTo("a", "healthy")]);
      await commit([changeTo("a", "error")]);
      await mark("before");
      await database.db.prepare("update snapshot set generation = 'x'").run();
      const found = await read({ generation: 0, told: 0 });
      expect([found.generation, found.items]).toEqual([0, []]);
    });

    it("are what this version has stored", async () => {
      await commit([changeTo("a", "healthy")]);
      await mark("old");
      await database.db.batch(
        ["transitions", "marks"].map((table) => database.db.prepare(`update ${table} set generation = null`)),
      );
      expect(await words({ generation: 0, told: 0 })).toEqual([]);
    });
  });
}
