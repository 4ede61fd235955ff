/**
 * What must hold of status changes that are read back, one test for each sentence of shared/storage/transition-log.ts. Run on each
 * database that a host uses; the database is real and migrated.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listOutages } from "../../shared/domain/history/outages.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { transitions } from "../../shared/storage/schema.ts";
import { insertRows } from "../../shared/storage/statements.ts";
import {
  listTransitions,
  listWatched,
  readOutageTransitions,
  readTransitions,
  type TransitionQuery,
} from "../../shared/storage/transition-log.ts";
import { check, HOUR, MINUTE, moment, T0 } from "../support/checks.ts";
import { commitOf } from "../support/stored-sweeps.ts";
import type { ContractDatabase } from "./store-contract.ts";

const NEWEST_MS = T0 + HOUR;
const ALL: TransitionQuery = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, after: null, limit: 100, service: null };

const change = (serviceId: string, atMs: number, to: Transition["to"]): Transition => ({
  serviceId,
  atMs,
  from: to === "healthy" ? "error" : "healthy",
  to,
  reason: to === "healthy" ? null : "refused",
  message: to === "healthy" ? null : "Connection refused",
});

const INTO = { or: "abort", into: transitions } as const;
const stored = (transition: Transition) => ({ ...transition, generation: null });

const CHANGES = [
  change("a", T0, "error"),
  change("a", T0 + 5 * MINUTE, "healthy"),
  change("b", T0 + 5 * MINUTE, "error"),
  change("a", T0 + 9 * MINUTE, "error"),
];

export function transitionContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`transitions on ${name}`, () => {
    let database: ContractDatabase;
    let told: string[];

    beforeEach(async () => {
      told = [];
      database = await open();
      const store = createD1Store(database.db);
      const checks = [check("a", NEWEST_MS)];
      const ahead = change("b", NEWEST_MS + 1, "healthy");
      await store.commitSweep({ ...commitOf(moment(NEWEST_MS, checks), checks, 0), transitions: [...CHANGES, ahead] });
    });
    afterEach(() => database.close());

    const reading = () => ({
      db: database.db,
      tell: ({ key }: { readonly key: string }) => void told.push(key),
    });
    const add = (more: readonly Transition[]) => database.db.batch(insertRows(database.db, INTO, more.map(stored)));
    const list = async (more: Partial<TransitionQuery> = {}) =>
      (await listTransitions(reading(), { ...ALL, ...more })).map(({ serviceId, atMs, endedAtMs }) => {
        const lastedMs = endedAtMs === null ? null : endedAtMs - atMs;
        return [serviceId, atMs - T0, lastedMs];
      });

    it("are listed newest first, each with how long it lasted; what a clock that was ahead has written is not", async () => {
      expect(await list()).toEqual([
        ["a", 9 * MINUTE, null],
        ["b", 5 * MINUTE, null],
        ["a", 5 * MINUTE, 4 * MINUTE],
        ["a", 0, 5 * MINUTE],
      ]);
    });

    it("are filtered by service and by time, and the time they lasted goes beyond the range", async () => {
      expect(await list({ service: "b" })).toEqual([["b", 5 * MINUTE, null]]);
      expect(await list({ service: "a", untilMs: T0 + 5 * MINUTE })).toEqual([["a", 0, 5 * MINUTE]]);
      expect(await list({ sinceMs: T0 + 5 * MINUTE + 1 })).toEqual([["a", 9 * MINUTE, null]]);
    });

    it("are paged by one after the other, also where several are of one instant", async () => {
      const pages: unknown[] = [];
      let after: TransitionQuery["after"] = null;
      for (let page = 0; page < 4; page += 1) {
        const [found] = await listTransitions(reading(), { ...ALL, after, limit: 1 });
        if (found) after = found;
        pages.push([found?.serviceId, (found?.atMs ?? 0) - T0]);
      }
      expect(pages).toEqual([
        ["a", 9 * MINUTE],
        ["b", 5 * MINUTE],
        ["a", 5 * MINUTE],
        ["a", 0],
      ]);
      expect(await listTransitions(reading(), { ...ALL, after, limit: 1 })).toEqual([]);
    });

    it("are read with the one before the range", async () => {
      const range = { sinceMs: T0 + 6 * MINUTE, untilMs: T0 + HOUR };
      const found = await readTransitions(reading(), { ...range, serviceIds: ["a", "b", "nobody"] });
      expect(found.get("a")).toEqual([CHANGES[1], CHANGES[3]]);
      expect(found.get("b")).toEqual([CHANGES[2]]);
      expect(found.get("nobody")).toBeUndefined();
    });

    it("are read from the last time on that it was up, of a service that is not as the range begins", async () => {
      const lived = (["healthy", "error", "timeout", "unknown", "error", "healthy"] as const).map((to, minute) =>
        change("c", T0 + minute * MINUTE, to),
      );
      await add(lived);
      const from = async (sinceMs: number) => {
        const range = { sinceMs, untilMs: T0 + HOUR, serviceIds: ["a", "c", "nobody"] };
        const found = await readOutageTransitions(reading(), range);
        expect(found.get("a")).toEqual((await readTransitions(reading(), range)).get("a"));
        return found.get("c")?.map(({ atMs }) => (atMs - T0) / MINUTE);
      };
      expect(await from(T0 + 4.5 * MINUTE)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await from(T0 + 3 * MINUTE)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await from(T0 + 5 * MINUTE)).toEqual([5]);
      expect(await from(T0)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await from(T0 - 1)).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it("are read on beyond the range for as long as it may take until it is certain that the monitor was cut off", async () => {
      const cutOff = (minute: number, to: Transition["to"], reason: Transition["reason"]) => {
        return { ...change("c", T0 + minute * MINUTE, to), reason };
      };
      await add([
        cutOff(0, "healthy", null),
        cutOff(5, "timeout", "deadline_connect"),
        { ...cutOff(8, "unknown", "isolated"), from: "timeout", blindSinceMs: T0 + 4 * MINUTE },
      ]);
      const outagesUntil = async (minute: number, id = "c") => {
        const range = { sinceMs: T0, untilMs: T0 + minute * MINUTE, evidenceEndsAtMs: Infinity };
        const found = await readOutageTransitions(reading(), { ...range, serviceIds: [id] });
        return listOutages(found.get(id) ?? [], range).length;
      };
      expect([await outagesUntil(6), await outagesUntil(20)]).toEqual([0, 0]);
      expect(await outagesUntil(6, "b")).toBe(1);
    });

    it("are read a thousand changes back and no more, of a service that was not up", async () => {
      const failing = (serviceId: string, count: number) =>
        Array.from({ length: count }, (_, index) => change(serviceId, T0 - (count - index) * MINUTE, "error"));
      await add([change("c", T0 - 1_002 * MINUTE, "healthy"), ...failing("c", 1_001)]);
      await add([change("d", T0 - 1_001 * MINUTE, "healthy"), ...failing("d", 1_000)]);
      const range = { sinceMs: T0, untilMs: T0 + HOUR, serviceIds: ["c", "d"] };
      const found = await readOutageTransitions(reading(), range);
      const firstOf = (serviceId: string) => found.get(serviceId)?.map(({ atMs }) => (atMs - T0) / MINUTE)[0];
      expect(firstOf("c")).toBe(-1_001);
      expect(firstOf("d")).toBe(-1_001);
      expect(found.get("d")?.[0]?.to).toBe("healthy");
    });

    it("tell who had a status within a range, the last one that it was taken from first", async () => {
      const watched = async (more: object = {}) => {
        const query = { sinceMs: T0, untilMs: T0 + HOUR, except: [], service: null, limit: 10, ...more };
        const found = await listWatched(reading(), query);
        return found.map(({ serviceId, lastAtMs }) => [serviceId, (lastAtMs - T0) / MINUTE]);
      };
      // What a clock that was ahead has written of b is not read.
      expect(await watched()).toEqual([
        ["a", 9],
        ["b", 5],
      ]);
      expect(await watched({ limit: 1 })).toEqual([["a", 9]]);
      expect(await watched({ except: ["a"] })).toEqual([["b", 5]]);
      expect(await watched({ service: "b" })).toEqual([["b", 5]]);
      expect(await watched({ sinceMs: T0 + 5 * MINUTE })).toEqual([["a", 9]]);
      expect(await watched({ untilMs: T0 + 5 * MINUTE })).toEqual([["a", 9]]);
      expect(await watched({ untilMs: T0 })).toEqual([]);
    });

    it("that are damaged are left out and told of, and fill no page", async () => {
      await database.db
        .prepare("update transitions set to_status = 'x' where at_ms = ?")
        .bind(T0 + 9 * MINUTE)
        .run();
      await database.db.prepare("update transitions set reason = 'x' where at_ms = ?").bind(T0).run();
      expect(await list({ limit: 2 })).toEqual([
        ["b", 5 * MINUTE, null],
        ["a", 5 * MINUTE, 4 * MINUTE],
      ]);
      expect((await listTransitions(reading(), ALL)).at(-1)).toMatchObject({ atMs: T0, to: "error", reason: null });
      expect(told).toContain(`at_ms ${T0 + 9 * MINUTE}`);
    });
  });
}
