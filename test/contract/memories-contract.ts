/**
 * What probes leave: memories with the snapshot, baselines as rows of their own. Run on each database that a host uses; the database
 * is real and migrated.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Check, Json } from "../../shared/domain/monitoring/check.ts";
import type { Store, UnreadableValue } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { check, EVERYTHING, moment, T0 } from "../support/checks.ts";
import { commitOf } from "../support/stored-sweeps.ts";
import type { ContractDatabase } from "./store-contract.ts";

/** Of a value, and of a row (https://developers.cloudflare.com/d1/platform/limits/). */
const D1_LIMIT_BYTES = 2_000_000;

const KB = JSON.stringify("x".repeat(1_022)).length;

export function memoriesContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`what probes leave on ${name}`, () => {
    let database: ContractDatabase;
    let store: Store;
    let unreadable: UnreadableValue[];

    beforeEach(async () => {
      database = await open();
      unreadable = [];
      store = createD1Store(database.db, { onUnreadable: (value) => unreadable.push(value) });
    });
    afterEach(() => database.close());

    const remembering = (id: string, value: Json): Check => check(id, T0 - 1, { memory: { fingerprint: "1a", value } });
    const commit = (checks: readonly Check[], generation = 0) =>
      store.commitSweep(commitOf(moment(T0 + generation * 1_000, checks), checks, generation));
    const column = async () =>
      (await database.db.prepare("select memories from snapshot").first<{ memories: string | null }>())?.memories;
    const run = (sql: string, ...values: unknown[]) =>
      database.db
        .prepare(sql)
        .bind(...values)
        .run();

    it("comes back with the snapshot, each with its own service, and with nothing else", async () => {
      const checks = [remembering("a", { n: [1, null, "ü\u0000"] }), check("b", T0 - 1), remembering("c", false)];
      await commit(checks);
      expect((await store.readSnapshot())?.moment.checks).toEqual(
        new Map(checks.map((each) => [each.serviceId, each])),
      );
      const [sweep] = await store.listSweeps(EVERYTHING);
      expect([...(sweep?.checks.values() ?? [])].filter(({ memory }) => memory)).toEqual([]);
      await commit([check("a", T0)], 1);
      expect(await column()).toBeNull();
    });

    it("costs a sweep no byte while nobody remembers", async () => {
      await commit([check("a", T0 - 1)]);
      expect(await column()).toBeNull();
    });

    it("stays within the limits of D1 with 1 kB of each of a thousand services, and of more", async () => {
      const checks = Array.from({ length: 1_300 }, (_, index) =>
        remembering(`service_${index}_${"n".repeat(50)}`.slice(0, 64), "x".repeat(KB - 2)),
      );
      await commit(checks);
      const kept = [...((await store.readSnapshot())?.moment.checks.values() ?? [])].filter(({ memory }) => memory);
      expect(kept).toHaveLength(1_000);
      expect((await column())?.length).toBeLessThan(D1_LIMIT_BYTES - 800_000);
    });

    it("does not come back when it is damaged, which is told, and takes nothing else along", async () => {
      await commit([remembering("a", 41)]);
      await run("update snapshot set memories = replace(memories, '41', '42')");
      const { memory: _memory, ...plain } = remembering("a", 41);
      expect((await store.readSnapshot())?.moment.checks.get("a")).toEqual(plain);
      expect(unreadable).toMatchObject([{ table: "snapshot", key: "memories" }]);
    });

    describe("baselines", () => {
      const of = (value: Json) => ({ fingerprint: "1a", value });

      it("come back as they were written last, and are none before", async () => {
        expect(await store.readBaselines()).toEqual(new Map());
        await store.writeBaseline("a", of({ hours: Array.from({ length: 24 }, (_, hour) => hour / 7) }));
        await store.writeBaseline("b", of("x".repeat(32_000)));
        await store.writeBaseline("a", of([null]));
        await store.writeBaseline("a", of([null]));
        expect(await store.readBaselines()).toEqual(
          new Map([
            ["a", of([null])],
            ["b", of("x".repeat(32_000))],
          ]),
        );
      });

      it("are taken away one by one, also when there is none", async () => {
        await store.writeBaseline("a", of(1));
        await store.writeBaseline("b", of(2));
        for (let time = 0; time < 2; time += 1) await store.writeBaseline("a", null);
        expect(await store.readBaselines()).toEqual(new Map([["b", of(2)]]));
      });

      it("are left out when they are damaged, which is told, and the others are read", async () => {
        await store.writeBaseline("a", of(41));
        await store.writeBaseline("b", of(2));
        await run("update baselines set content = replace(content, '41', '42') where service_id = ?", "a");
        expect(await store.readBaselines()).toEqual(new Map([["b", of(2)]]));
        expect(unreadable).toMatchObject([{ table: "baselines", key: "a" }]);
      });

      it("do not depend on the snapshot", async () => {
        await commit([check("a", T0 - 1)]);
        await store.writeBaseline("a", of(1));
        await run("delete from snapshot");
        expect(await store.readBaselines()).toEqual(new Map([["a", of(1)]]));
      });
    });
  });
}
