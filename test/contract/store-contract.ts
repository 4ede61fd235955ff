/**
 * What every store must do, one test for each sentence of shared/ports/store.ts.
 * Run on each database that a host uses; the database is real and migrated.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import type { RoutingState } from "../../shared/domain/routing/choice.ts";
import { hourBlocks } from "../../shared/domain/history/hour-block.ts";
import type { ArchiveStore, Store } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { check, EVERYTHING, failing, HOUR, MINUTE, moment, ROSTER, rosterEntry, T0 } from "../support/checks.ts";
import { manyDown } from "../support/lived-alerting.ts";
import { burstsMs, commitOf, commitSweeps, steadySweeps, withoutTimings } from "../support/stored-sweeps.ts";

const YEAR = 365 * 24 * HOUR;

export interface ContractDatabase {
  readonly db: D1Database;
  close(): void | Promise<void>;
}

export function storeContract(name: string, open: () => ContractDatabase | Promise<ContractDatabase>): void {
  describe(`store on ${name}`, () => {
    let database: ContractDatabase;
    let store: Store & ArchiveStore;

    beforeEach(async () => {
      database = await open();
      store = createD1Store(database.db);
    });
    afterEach(() => database.close());

    const commitAll = (sweeps: readonly (readonly Check[])[], atMs: (index: number) => number) =>
      commitSweeps(store, sweeps, atMs);

    describe("snapshot", () => {
      it("is null before the first commit", async () => {
        expect(await store.readSnapshot()).toBeNull();
      });

      it("comes back as it was committed", async () => {
        const checks = [check("a", T0 - 5, { details: { data: { x: [1, null, "ü"] }, timings: { tcpMs: 0.3 } } })];
        const since = { overall: { status: "degraded", atMs: T0 - 5 }, services: new Map([["a", T0 - HOUR]]) } as const;
        const routing: RoutingState = new Map([
          [
            "llm",
            {
              choice: "a",
              rival: { id: "b", sinceMs: T0 - 20_000, checks: 2, checkedAtMs: T0 - 5 },
              recovering: [{ id: "b", sinceMs: T0 - 30_000, checks: 0, checkedAtMs: 0 }],
              changes: [{ atMs: T0 - HOUR, from: null, to: "a", why: "first" }],
            },
          ],
          ["embeddings", { choice: null, rival: null, recovering: [], changes: [] }],
        ]);
        const commit = { ...commitOf(moment(T0, checks), checks, 0), since, routing };
        await store.commitSweep(commit);
        const { moment: expected, body, etag } = commit;
        expect(await store.readSnapshot()).toEqual({
          generation: 1,
          moment: expected,
          body,
          etag,
          staleAtMs: commit.staleAtMs,
          alerting: commit.alerting,
          since: commit.since,
          routing,
        });
      });

      it("holds what alerting remembers of a thousand services that are down, of which ten channels are to be told", async () => {
        const alerting = manyDown(1_000, 10);
        expect(alerting.groups.map(({ waiting }) => waiting.length)).toEqual(Array(10).fill(999));
        const commit = { ...commitOf(moment(T0, []), [], 0), alerting };
        expect(await store.commitSweep(commit)).toBe("committed");
        expect((await store.readSnapshot())?.alerting).toEqual(alerting);
      });

      it("keeps the instant at which it goes stale, also when that is never", async () => {
        await store.commitSweep(commitOf(moment(T0, []), [], 0));
        expect((await store.readSnapshot())?.staleAtMs).toBe(Infinity);
      });

      it("is replaced by a commit without checks, which is not a history entry", async () => {
        await store.commitSweep(commitOf(moment(T0, []), [], 0));
        expect(await store.listSweeps(EVERYTHING)).toEqual([]);
        expect(await store.countSweeps()).toBe(0);
      });
    });

    describe("fence", () => {
      it("refuses a commit computed from an older generation, and stores nothing of it", async () => {
        const first = [check("a", T0 - 1)];
        await store.commitSweep(commitOf(moment(T0, first), first, 0));
        const late = [failing("a", T0 + 500)];
        const commit = { ...commitOf(moment(T0 + 1000, late), late, 0), body: "late" };
        expect(await store.commitSweep(commit)).toBe("stale_generation");
        expect((await store.readSnapshot())?.generation).toBe(1);
        expect((await store.readSnapshot())?.body).not.toBe("late");
        expect(await store.listSweeps(EVERYTHING)).toHaveLength(1);
      });

      it("lets exactly one of two concurrent commits pass", async () => {
        const other = createD1Store(database.db);
        const commits = [store, other].map((each, index) => {
          const checks = [check("a", T0 + index)];
          return each.commitSweep(commitOf(moment(T0 + 10 + index, checks), checks, 0));
        });
        expect((await Promise.all(commits)).sort()).toEqual(["committed", "stale_generation"]);
        expect(await store.listSweeps(EVERYTHING)).toHaveLength(1);
      });

      it("rejects with the database's error when the commit cannot be stored, and stores nothing of it", async () => {
        const checks = [check("a", T0 - 1)];
        await store.commitSweep(commitOf(moment(T0, checks), checks, 0));
        const sameKey = commitOf(moment(T0, checks), checks, 1);
        await expect(store.commitSweep(sameKey)).rejects.toThrow(/UNIQUE|constraint/i);
        expect((await store.readSnapshot())?.generation).toBe(1);
      });
    });

    describe("sweeps", () => {
      it("come newest first, each with the full state of its moment", async () => {
        const moments = await commitAll(steadySweeps(10, T0), (index) => T0 + index * 30_000);
        expect(await store.listSweeps(EVERYTHING)).toEqual(moments.toReversed());
      });

      it("can be limited to a span and a number", async () => {
        const moments = await commitAll(steadySweeps(10, T0), (index) => T0 + index * 30_000);
        const query = { ...EVERYTHING, sinceMs: T0 + 60_000, beforeMs: T0 + 240_000, limit: 3 };
        expect(await store.listSweeps(query)).toEqual(moments.slice(5, 8).toReversed());
      });

      it("can be limited to those that hold a check of one service, whatever other bodies say", async () => {
        const sweeps = steadySweeps(6, T0);
        sweeps[2] = [check("a", T0 + 60_000, { details: { data: { trap: ["b", 1] } } })];
        const moments = await commitAll(sweeps, (index) => T0 + index * 30_000);
        const found = await store.listSweeps({ ...EVERYTHING, serviceId: "b" });
        expect(found).toEqual([5, 3, 1].map((index) => moments[index]));
      });

      it("keep the names and the criticality of their moment after the configuration has changed", async () => {
        const checks = [check("a", T0 - 1)];
        await store.commitSweep(commitOf(moment(T0, checks), checks, 0));
        const renamed = [rosterEntry("a", { name: "New name", critical: false })];
        const later = [check("a", T0 + 999)];
        await store.commitSweep(commitOf(moment(T0 + 1000, later, { roster: renamed }), later, 1));
        const [newest, oldest] = await store.listSweeps(EVERYTHING);
        expect(newest?.roster).toEqual(renamed);
        expect(oldest?.roster).toEqual(ROSTER);
      });

      it("are the same after their hours were archived, except for timings", async () => {
        const sweeps = steadySweeps(50, T0 + 7 * MINUTE, burstsMs);
        sweeps[3] = [check("a", T0 + 8 * MINUTE + 20_000, { details: { timings: { tcpMs: 1 }, data: 1 } })];
        const moments = await commitAll(sweeps, (index) => T0 + 7 * MINUTE + burstsMs(index));
        const before = await store.listSweeps(EVERYTHING);
        expect(before).toEqual(moments.toReversed());
        await cleanUp(store, T0 + 5 * HOUR, YEAR);
        const after = await store.listSweeps(EVERYTHING);
        expect(after).toEqual(before.map(withoutTimings));
        expect(await store.countSweeps()).toBe(50);
      });

      it("page across both tiers without a gap or a double", async () => {
        await commitAll(steadySweeps(50, T0, burstsMs), (index) => T0 + burstsMs(index));
        const all = await store.listSweeps(EVERYTHING);
        await cleanUp(store, T0 + 4 * HOUR, YEAR);
        const paged: number[] = [];
        for (let beforeMs = Number.MAX_SAFE_INTEGER; ;) {
          const page = await store.listSweeps({ ...EVERYTHING, beforeMs, limit: 7 });
          paged.push(...page.map(({ atMs }) => atMs));
          if (page.length < 7) break;
          beforeMs = page.at(-1)?.atMs ?? 0;
        }
        expect(paged).toEqual(all.map(({ atMs }) => atMs));
      });

      it("of one service are the same in both tiers", async () => {
        await commitAll(steadySweeps(40, T0, burstsMs), (index) => T0 + burstsMs(index));
        const query = { ...EVERYTHING, serviceId: "b", sinceMs: T0 + 20 * MINUTE, limit: 100 };
        const before = await store.listSweeps(query);
        await cleanUp(store, T0 + 9 * HOUR, YEAR);
        expect(await store.listSweeps(query)).toEqual(before);
      });
    });

    describe("samples", () => {
      it("come oldest first, without details, bounded by since (inclusive) and until (exclusive)", async () => {
        const sweeps = steadySweeps(6, T0);
        await commitAll(sweeps, (index) => T0 + index * 30_000);
        const own = sweeps.flat().filter(({ serviceId }) => serviceId === "a");
        const [, second, , , fifth] = own;
        const samples = await store.listSamples("a", second?.checkedAtMs ?? 0, fifth?.checkedAtMs ?? 0);
        expect(samples).toEqual(own.slice(1, 4).map((each) => ({ ...each, details: {} })));
      });

      it("are empty for a service that was never checked", async () => {
        await commitAll(steadySweeps(3, T0), (index) => T0 + index * 30_000);
        expect(await store.listSamples("nobody", 0, Number.MAX_SAFE_INTEGER)).toEqual([]);
      });

      it("are those of the id alone, however long it is and however like another", async () => {
        const ids = ["a_b", "a-b", "A_B", `${"n".repeat(63)}1`, `${"n".repeat(63)}2`];
        await commitAll([ids.map((id) => check(id, T0))], () => T0);
        for (const id of ids) expect(await store.listSamples(id, 0, T0 + YEAR)).toEqual([check(id, T0)]);
      });

      it("are each there exactly once while, before and after their hours are archived", async () => {
        await commitAll(steadySweeps(50, T0, burstsMs), (index) => T0 + burstsMs(index));
        const expected = await store.listSamples("b", 0, T0 + YEAR);
        const hour = await store.readOldestHeadHour(T0 + 9 * HOUR);
        if (!hour) throw new Error("there is an hour to archive");
        const blocks = hourBlocks(
          hour.hourMs,
          hour.sweeps.flatMap((sweep) => sweep.checks),
        );
        await store.archiveHour(hour, blocks);
        expect(await store.listSamples("b", 0, T0 + YEAR)).toEqual(expected);
        // As if the archiving of the hour had been cut off after its blocks.
        await database.db.prepare("update tiers set archived_until_ms = 0").run();
        expect(await store.listSamples("b", 0, T0 + YEAR)).toEqual(expected);
        const view = await database.db.prepare("select count(*) as n from checks where service_id = 'b'").first("n");
        expect(view).toBe(expected.length);
        await store.archiveHour(hour, blocks);
        await store.deleteArchivedHead();
        expect(await store.listSamples("b", 0, T0 + YEAR)).toEqual(expected);
        await cleanUp(store, T0 + 9 * HOUR, YEAR);
        expect(await store.listSamples("b", 0, T0 + YEAR)).toEqual(expected);
      });
    });

    it("finds checks that were committed hours late, before and after their hour was archived", async () => {
      const late = Array.from({ length: 180 }, (_, minute) => check("a", T0 + minute * MINUTE));
      await commitAll([late], () => T0 + 3 * HOUR + 1);
      const first = () => store.listSamples("a", T0, T0 + HOUR);
      expect(await first()).toHaveLength(60);
      await cleanUp(store, T0 + 9 * HOUR, YEAR);
      expect(await first()).toEqual(late.slice(0, 60));
    });

    describe("archive", () => {
      it("does not touch an hour that has not ended long enough", async () => {
        await commitAll(steadySweeps(10, T0), (index) => T0 + index * 30_000);
        expect(await store.readOldestHeadHour(T0 + HOUR - 1)).toBeNull();
        expect((await store.readOldestHeadHour(T0 + HOUR))?.hourMs).toBe(T0);
      });
    });

    it("stores each transition once, with its reason", async () => {
      await commitAll(
        [[check("a", T0)], [failing("a", T0 + 1000)], [failing("a", T0 + 2000)], [check("a", T0 + 3000)]],
        (index) => T0 + 10 + index * 1000,
      );
      const { results } = await database.db.prepare("select * from transitions order by at_ms").all();
      expect(results.map((row) => [row["at_ms"], row["from_status"], row["to_status"], row["reason"]])).toEqual([
        [T0, "unknown", "healthy", null],
        [T0 + 1000, "healthy", "timeout", "deadline_response"],
        [T0 + 3000, "timeout", "healthy", null],
      ]);
    });

    it("shows every check of both tiers once in the view `checks`", async () => {
      const sweeps = steadySweeps(25, T0, burstsMs);
      await commitAll(sweeps, (index) => T0 + burstsMs(index));
      const view = () =>
        database.db
          .prepare("select * from checks order by service_id, checked_at_ms")
          .all()
          .then((all) => all.results);
      const before = await view();
      expect(before).toHaveLength(sweeps.flat().length);
      await cleanUp(store, T0 + 3 * HOUR, YEAR);
      expect(await view()).toEqual(before);
      const failed = before.find((row) => row["status"] === "timeout");
      expect(failed).toMatchObject({
        reason: "deadline_response",
        message: "Request timed out",
        response_time_ms: 12.3,
      });
      expect(new Date(String(before[0]?.["checked_at"])).getTime()).toBe(before[0]?.["checked_at_ms"]);
    });

    it("answers a ping", async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });
  });
}
