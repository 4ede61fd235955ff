/**
 * What expires of the history, and by which clock: one test for each sentence of shared/usecases/housekeeping/clean-up.ts about it.
 * Run on each database that a host uses; the database is real and migrated.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import type { ArchiveStore, Store } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { check, EVERYTHING, HOUR, MINUTE, T0 } from "../support/checks.ts";
import { burstsMs, commitSweeps, steadySweeps } from "../support/stored-sweeps.ts";
import type { ContractDatabase } from "./store-contract.ts";

const YEAR = 365 * 24 * HOUR;

export function expiryContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`expiry on ${name}`, () => {
    let database: ContractDatabase;
    let store: Store & ArchiveStore;

    beforeEach(async () => {
      database = await open();
      store = createD1Store(database.db);
    });
    afterEach(() => database.close());

    const commitAll = (sweeps: readonly (readonly Check[])[], atMs: (index: number) => number) =>
      commitSweeps(store, sweeps, atMs);

    it("deletes blocks that ended before the cutoff, and nothing newer, and takes them off the count", async () => {
      await commitAll(steadySweeps(50, T0, burstsMs), (index) => T0 + burstsMs(index));
      await cleanUp(store, T0 + 9 * HOUR, YEAR);
      const all = await store.listSweeps(EVERYTHING);
      await store.deleteBlocksBefore(T0 + 2 * HOUR - 1, 0);
      const kept = all.filter(({ atMs }) => atMs >= T0 + HOUR);
      expect((await store.listSweeps(EVERYTHING)).map(({ atMs }) => atMs)).toEqual(kept.map(({ atMs }) => atMs));
      expect(await store.countSweeps()).toBe(kept.length);
      expect((await store.listSamples("a", 0, T0 + HOUR - 60_000)).length).toBe(0);
    });

    it("keeps as many hours of history as the retention has, whenever they were", async () => {
      await commitAll(steadySweeps(50, T0, burstsMs), (index) => T0 + burstsMs(index));
      // The clock jumps ahead by two years, and the service goes on with it.
      const later = [T0 + 2 * YEAR, T0 + 2 * YEAR + 13 * HOUR];
      await commitAll(
        later.map((atMs) => [check("a", atMs)]),
        (index) => later[index] ?? 0,
      );
      const nowMs = T0 + 2 * YEAR + 13 * HOUR + MINUTE;
      await cleanUp(store, nowMs, YEAR);
      expect(await store.listSweeps(EVERYTHING)).toHaveLength(52);
      await cleanUp(store, nowMs, 3 * HOUR);
      expect((await store.listSweeps(EVERYTHING)).at(-1)?.atMs).toBe(T0 + 2 * HOUR);
    });

    it("expires nothing before the clock has been right for half a day, also when it was at work by it", async () => {
      await commitAll(steadySweeps(50, T0, burstsMs), (index) => T0 + burstsMs(index));
      const aheadMs = T0 + 2 * YEAR;
      const isTrusted = async (nowMs: number) => (await cleanUp(store, nowMs, 24 * HOUR)).isClockTrusted;
      expect(await isTrusted(aheadMs)).toBe(false);
      await commitAll([[check("a", aheadMs)]], () => aheadMs);
      expect(await isTrusted(aheadMs + 11 * HOUR)).toBe(false);
      expect(await isTrusted(aheadMs + 13 * HOUR)).toBe(true);
      expect(await isTrusted(aheadMs + 35 * HOUR)).toBe(true);
      expect(await isTrusted(aheadMs + 37 * HOUR)).toBe(false);
      expect(await store.listSweeps(EVERYTHING)).toHaveLength(51);
    });
  });
}
