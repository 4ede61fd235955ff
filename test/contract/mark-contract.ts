/**
 * What must hold of marks, one test for each sentence of shared/storage/marks.ts. Run on each database that a host uses; the database
 * is real and migrated.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listAudit } from "../../shared/storage/alert-log.ts";
import {
  addMark,
  countMarks,
  listMarks,
  listPublicMarks,
  MOST_MARKS,
  withdrawMark,
  type MarkQuery,
  type NewMark,
} from "../../shared/storage/marks.ts";
import { MINUTE, T0 } from "../support/checks.ts";
import type { ContractDatabase } from "./store-contract.ts";

const ALL: MarkQuery = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, service: null, after: null, limit: 1000 };
const DEPLOY: NewMark = { atMs: T0, service: null, text: "deploy", author: "ci", isPublic: false };

export function markContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`marks on ${name}`, () => {
    let database: ContractDatabase;

    beforeEach(async () => {
      database = await open();
    });
    afterEach(() => database.close());

    const list = (more: Partial<MarkQuery> = {}) => listMarks({ db: database.db, tell: () => {} }, { ...ALL, ...more });
    const texts = async (more: Partial<MarkQuery> = {}) => (await list(more)).map(({ text }) => text);
    const add = (text: string, atMs: number, service: string | null = null) =>
      addMark(database.db, { ...DEPLOY, text, atMs, service });

    it("are listed newest first, by time and by service, with those of the cluster", async () => {
      await add("late", T0 + MINUTE, "a");
      await add("early", T0);
      await add("other", T0 + 2 * MINUTE, "b");
      expect(await texts()).toEqual(["other", "late", "early"]);
      expect(await texts({ service: "a" })).toEqual(["late", "early"]);
      expect(await texts({ sinceMs: T0 + 1, untilMs: T0 + 2 * MINUTE })).toEqual(["late"]);
    });

    it("come back as they were added, and one that is added again is the same", async () => {
      const first = await addMark(database.db, DEPLOY);
      await add("between", T0);
      expect(await addMark(database.db, DEPLOY)).toEqual(first);
      expect(await texts()).toEqual(["between", "deploy"]);
      expect(await list({ untilMs: T0 + 1 })).toContainEqual({ ...DEPLOY, seq: first.seq });
    });

    it("are given to strangers only where they are meant for them, newest first", async () => {
      await add("within the house", T0 + MINUTE);
      for (const [index, text] of ["old", "early", "late"].entries())
        await addMark(database.db, { ...DEPLOY, text, atMs: T0 + index, isPublic: true });
      const read = (sinceMs: number, most: number) =>
        listPublicMarks({ db: database.db, tell: () => {} }, sinceMs, most);
      expect((await read(T0 + 1, 9)).map(({ text }) => text)).toEqual(["late", "early"]);
      expect(await read(0, 1)).toMatchObject([{ text: "late", isPublic: true }]);
    });

    it("are seen by nobody when they were withdrawn, which the audit trail tells once", async () => {
      const { seq } = await addMark(database.db, { ...DEPLOY, isPublic: true });
      await add("stays", T0);
      const withdraw = () => withdrawMark(database.db, { seq, id: "m", actor: "anna", atMs: T0 + 1 });
      expect([await withdraw(), await withdraw()]).toEqual([true, false]);
      const reading = { db: database.db, tell: () => {} };
      expect([await texts(), await listPublicMarks(reading, 0, 9)]).toEqual([["stays"], []]);
      expect(await countMarks(reading, { sinceMs: 0, untilMs: T0 + 1, service: "a" })).toBe(1);
      const [entry, ...others] = await listAudit(reading, Number.MAX_SAFE_INTEGER, 9);
      expect(entry).toMatchObject({ atMs: T0 + 1, actor: "anna", action: "mark.withdrawn", target: "m" });
      expect(entry?.detail).toEqual({ text: DEPLOY.text, author: DEPLOY.author });
      expect(others).toEqual([]);
      expect(await database.db.prepare("select text from marks where seq = ?").bind(seq).first("text")).toBe("");
    });

    it("are made public by being added again so", async () => {
      await addMark(database.db, DEPLOY);
      await addMark(database.db, { ...DEPLOY, isPublic: true });
      expect((await list()).map(({ isPublic }) => isPublic)).toEqual([true, false]);
    });

    it("are paged, also those of one instant", async () => {
      for (const text of ["one", "two", "three"]) await add(text, T0);
      const [last] = await list({ limit: 1 });
      expect(last?.text).toBe("three");
      expect(await texts({ after: last ?? null, limit: 1 })).toEqual(["two"]);
    });

    it("are no more than can be drawn: the oldest go", async () => {
      const values = Array.from({ length: MOST_MARKS }, (_, index) => index);
      await database.db
        .prepare(
          "insert into marks (at_ms, service, text, author) select ?1 + value, '', 'many', 'ci' from json_each(?2)",
        )
        .bind(T0, JSON.stringify(values))
        .run();
      await add("one more", T0);
      expect(await database.db.prepare("select count(*) as n from marks").first("n")).toBe(MOST_MARKS);
      expect(await texts({ untilMs: T0 + 2 })).toEqual(["many", "one more"]);
    });
  });
}
