/**
 * What the service relies on in a D1 database, one test for each place where SQLite alone would behave differently.
 * Run on the facade of the Node host and, with the Workers host, on D1 itself.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContractDatabase } from "./store-contract.ts";

export function d1Contract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`D1 interface on ${name}`, () => {
    let database: ContractDatabase;
    let db: D1Database;

    beforeEach(async () => {
      database = await open();
      db = database.db;
      await db.exec("create table t (id integer primary key, value)");
    });
    afterEach(() => database.close());

    const valueOf = (value: unknown) => db.prepare("select ? as v").bind(value).first("v");

    it("runs a batch in order and all or nothing", async () => {
      const insert = (id: number) => db.prepare("insert into t (id, value) values (?, ?)").bind(id, "x");
      await expect(db.batch([insert(1), insert(2), insert(1)])).rejects.toThrow(/UNIQUE/);
      expect((await db.prepare("select * from t").all()).results).toEqual([]);
      const [first, second] = await db.batch([insert(1), db.prepare("select id from t")]);
      expect(first?.meta.changes).toBe(1);
      expect(second?.results).toEqual([{ id: 1 }]);
    });

    it("fails a batch when json() is given what is not JSON, with a message that names it", async () => {
      await expect(db.batch([db.prepare("select json('stale')")])).rejects.toThrow(/malformed JSON/i);
    });

    it("binds ?1 by number, as often as it occurs", async () => {
      expect(await db.prepare("select ?2 || ?1 || ?2 as v").bind("a", "b").first("v")).toBe("bab");
    });

    it("takes 100 bound values and no more", async () => {
      const select = (count: number) => `select 1 in (${Array.from({ length: count }, () => "?").join(", ")}) as v`;
      const ones = (count: number) => Array.from({ length: count }, () => 1);
      expect(
        await db
          .prepare(select(100))
          .bind(...ones(100))
          .first("v"),
      ).toBe(1);
      await expect(async () =>
        db
          .prepare(select(101))
          .bind(...ones(101))
          .first(),
      ).rejects.toThrow(/too many SQL variables/i);
    });

    it("takes statements up to 100 KB and no longer", async () => {
      const padded = (bytes: number) => `select 1 as v ${" ".repeat(bytes - 14)}`;
      expect(await db.prepare(padded(99_000)).first("v")).toBe(1);
      await expect(async () => db.prepare(padded(101_000)).first()).rejects.toThrow(/too long|TOOBIG/i);
    });

    it("takes numbers, texts, booleans as 0 and 1, and null", async () => {
      for (const value of [0, -1, 1.5, 4_000_000_000_000, "", "ü\n", null]) expect(await valueOf(value)).toBe(value);
      expect(await valueOf(true)).toBe(1);
      expect(await valueOf(false)).toBe(0);
    });

    for (const [label, value] of [
      ["undefined", undefined],
      ["a bigint", 1n],
      ["an object", { a: 1 }],
    ] as const) {
      it(`refuses to bind ${label}`, async () => {
        await expect(async () => valueOf(value)).rejects.toThrow(/D1_TYPE_ERROR/);
      });
    }

    it("takes bytes and hands them out as an array of numbers", async () => {
      expect(await valueOf(new Uint8Array([1, 2, 255]))).toEqual([1, 2, 255]);
      expect(await valueOf(new Uint8Array([9, 1, 2, 9]).subarray(1, 3))).toEqual([1, 2]);
      expect(await valueOf(new Uint8Array([7, 8]).buffer)).toEqual([7, 8]);
    });

    it("gives null for the first row of nothing, and an error for a column that is not there", async () => {
      expect(await db.prepare("select * from t").first()).toBeNull();
      await expect(async () => db.prepare("select 1 as v").first("w")).rejects.toThrow(/D1_COLUMN_NOTFOUND|not found/i);
    });

    it("counts changed rows", async () => {
      await db.prepare("insert into t (value) values (1), (1), (2)").run();
      expect((await db.prepare("update t set value = 3 where value = 1").run()).meta.changes).toBe(2);
      expect((await db.prepare("delete from t where value = 9").run()).meta.changes).toBe(0);
    });

    it("gives rows with their columns in order", async () => {
      const { results } = await db.prepare("select 1 as b, 'x' as a").all<object>();
      expect(results.map(Object.entries)).toEqual([
        [
          ["b", 1],
          ["a", "x"],
        ],
      ]);
    });

    it("rejects with D1_ERROR and the engine's own words", async () => {
      await expect(async () => db.prepare("select * from nowhere").all()).rejects.toThrow(
        /D1_ERROR.*no such table: nowhere/,
      );
    });
  });
}
