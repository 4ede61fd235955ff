/** What must hold of occasions, one test for each sentence of the port. Run on each database that a host uses; it is real and migrated. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Occasions } from "../../shared/ports/occasions.ts";
import { createOccasions } from "../../shared/storage/occasions.ts";
import { T0 } from "../support/checks.ts";
import { whileMissing } from "../support/missing-table.ts";
import type { ContractDatabase } from "./store-contract.ts";

export function occasionsContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`occasions on ${name}`, () => {
    let database: ContractDatabase;
    let occasions: Occasions;
    let unreadable: string[];

    beforeEach(async () => {
      database = await open();
      unreadable = [];
      occasions = createOccasions(database.db, ({ table, key }) => unreadable.push(`${table} ${key}`));
    });
    afterEach(() => database.close());

    it("are never at first, and each has an instant of its own", async () => {
      expect(await occasions.last("primary_seen")).toBeNull();
      await occasions.note("primary_seen", T0);
      await occasions.note("drill_concluded", T0 + 1);
      expect([await occasions.last("primary_seen"), await occasions.last("drill_concluded")]).toEqual([T0, T0 + 1]);
    });

    it("reject with the database's own error, which quotes no value", async () => {
      await whileMissing(database.db, "occasions", async () => {
        await expect(occasions.last("primary_seen")).rejects.toThrow(/^D1_ERROR: no such table: occasions/);
        await expect(occasions.note("primary_seen", T0)).rejects.toThrow(/^D1_ERROR: no such table: occasions/);
      });
    });

    it.each(["x", 9e18, -1])("have not been when that is damaged, until the next time: %s", async (value) => {
      await occasions.note("primary_seen", T0);
      await database.db.prepare("update occasions set at_ms = ?").bind(value).run();
      expect(await occasions.last("primary_seen")).toBeNull();
      await occasions.note("primary_seen", T0 + 1);
      expect(await occasions.last("primary_seen")).toBe(T0 + 1);
      expect(unreadable).toEqual(["occasions name primary_seen"]);
    });

    it("go on, and never back", async () => {
      for (const atMs of [T0, T0 + 2, T0 + 1]) await occasions.note("primary_seen", atMs);
      expect(await occasions.last("primary_seen")).toBe(T0 + 2);
    });
  });
}
