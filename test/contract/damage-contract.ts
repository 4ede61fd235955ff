/**
 * Whatever is stored may be damaged: every column of every table in turn holds a text, a number or a null that makes no sense. Who reads
 * it leaves out what cannot be read, says so once, and everything else goes on. Run on each database that a host uses; it is real.
 */
import { getTableName } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMonitor } from "../../functions/bundle.ts";
import type { Monitor } from "../../functions/runtime.ts";
import { openStorage, type Storage } from "../../functions/storage.ts";
import { ENDPOINTS } from "../../functions/endpoints/registry.ts";
import { proveReadable } from "../../shared/storage/prove-readable.ts";
import { startOfDay } from "../../shared/domain/text/timestamp.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { check, HOUR, moment } from "../support/checks.ts";
import { damagesOf, fill, inflict, restore, TABLES, type Damage } from "../support/damaged-tables.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { parseEvents } from "../support/server-sent-events.ts";
import { sqliteTestDatabase, type TestDatabase } from "../support/sqlite-database.ts";
import { commitOf } from "../support/stored-sweeps.ts";
import { passUntil, testRuntime } from "../support/test-runtime.ts";
import { TEST_AUTH, TEST_TOKEN } from "../support/worker-process.ts";
import type { ContractDatabase } from "./store-contract.ts";

const YEAR = 365 * 24 * HOUR;
/** Of which nobody waits for a time that does not pass. */
const AT_ONCE: Readonly<Record<string, string>> = {
  "/wait": "/wait?timeout=0",
  "/events": "/events?timeout=1&last_event_id=0",
};
const READ = ENDPOINTS.filter((each) => each.effect === "read").map(({ path }) => {
  return AT_ONCE[path] ?? path.replace("{service}", "a");
});
/** Charts of a range of weeks and of months are made of other tables. */
const PATHS = [...READ, ...["2026-02-20", "2025-04-01"].map((day) => `/series/a?since=${day}T00:00:00Z`)];

/** What the next commit, or the next hour that is archived, writes anew. */
const HEALED: ReadonlySet<string> = new Set(["snapshot", "rosters", "tiers"]);

/** @param isQuick each column is damaged alone; where every call goes over a wire, all of a table at once, but for the keys */
export function damageContract(
  name: string,
  open: () => ContractDatabase | Promise<ContractDatabase>,
  { isQuick }: { isQuick: boolean },
): void {
  describe(`damage on ${name}`, () => {
    let database: ContractDatabase;
    let other: TestDatabase;
    let nowMs: number;

    beforeAll(async () => {
      database = await open();
      other = sqliteTestDatabase();
      nowMs = await fill(database.db);
    });
    afterAll(async () => {
      other.close();
      await database.close();
    });

    /** As after a start: nothing is remembered. */
    async function start() {
      const { db } = database;
      const auth = { tokens: { test: { ...TEST_AUTH.tokens.test, scopes: ["admin"] } } };
      const services = {
        a: { url: "https://example.org/" },
        b: { url: "https://example.org/", check_type: "haproxy" },
      };
      const routes = { llm: ["a"] };
      const config = { services, auth, routes, alerting: { channels: { slack: { type: "log" } } } };
      const runtime = {
        ...testRuntime({ database: other, config, clock: new FakeClock(nowMs + 60_000) }),
        openDatabase: async () => ({ db, faults: () => [], dataVersion: () => 0, walPages: () => 0 }),
      };
      await proveReadable(db);
      const monitor = await createMonitor(runtime);
      const toldOf = (): string[] => runtime.logged.filter((line) => line.includes("stored value cannot be read"));
      const { clock, logged } = runtime;
      return {
        monitor,
        clock,
        logged,
        toldOf,
        storage: openStorage(db, { log: runtime.log, turns: null, faults: () => [] }),
      };
    }

    async function answers(
      { monitor, clock, logged }: { monitor: Monitor; clock: FakeClock; logged: readonly string[] },
      isMissing = false,
    ): Promise<void> {
      const headers = { host: "localhost", authorization: `Bearer ${TEST_TOKEN}` };
      for (const path of PATHS) {
        const response = await monitor.fetch(new Request(`http://localhost${path}`, { headers }));
        const body = await passUntil(clock, response.text());
        // Of a row with another key nothing is known: nothing has been committed yet. Of a balancer nothing is stored that counts.
        const mayLack = isMissing || path === "/health" || path === "/haproxy";
        if (response.status !== 200 && !(response.status === 503 && mayLack))
          throw new Error(`${path}: ${response.status} ${body} ${logged.at(-1)}`);
        if (path.startsWith("/events")) parseEvents(body);
        else if (response.headers.get("content-type")?.includes("json")) JSON.parse(body);
      }
    }

    /** What a service does in its life beside answering. */
    async function live({ store, outbox, occasions }: Storage): Promise<void> {
      const snapshot = await store.readSnapshot();
      const checks = [check("a", nowMs + 1_000), check("b", nowMs + 1_000)];
      const next = commitOf(moment(nowMs + 2_000, checks), checks, snapshot?.generation ?? 0);
      expect(await store.commitSweep({ ...next, alerting: snapshot?.alerting ?? next.alerting })).toBe("committed");
      await store.readBaselines();
      for (const { id } of await outbox.listPending()) {
        const claimed = await outbox.claim(id, { nowMs, untilMs: nowMs + 10 });
        const again = {
          kind: "again",
          mayHaveArrived: false,
          fingerprint: "f",
          dueMs: nowMs,
          failure: "timeout",
          attempt: claimed?.attempts ?? 1,
        } as const;
        await outbox.settle({ id, atMs: nowMs, settlement: again, channel: null, forwarded: [] });
      }
      await outbox.channelStates();
      await outbox.listRelated({ alertIds: ["a"] });
      await outbox.lastDrill();
      for (const occasion of ["primary_seen", "drill_concluded"] as const) {
        await occasions.last(occasion);
        await occasions.note(occasion, nowMs);
        expect(await occasions.last(occasion)).toBe(nowMs);
      }
      const range = { sinceMs: startOfDay(nowMs) - 48 * HOUR, untilMs: startOfDay(nowMs) + 24 * HOUR };
      for (const stepMs of [HOUR, 24 * HOUR]) await store.readRollups({ ...range, serviceId: "a", stepMs });
      await rollUpDays(store, Infinity);
      await cleanUp(store, nowMs + 13 * HOUR, HOUR);
      await outbox.forgetEndedBefore(nowMs - YEAR);
    }

    async function survive(damages: readonly Damage[]): Promise<void> {
      await restore(database.db);
      const inflicted: Damage[] = [];
      for (const damage of damages) if (await inflict(database.db, damage)) inflicted.push(damage);
      const first = await start();
      await answers(
        first,
        damages.some(({ column }) => column === "id"),
      );
      await live(first.storage);
      await answers(first);
      const told = first.toldOf().join("\n");
      for (const each of inflicted) if (each.isNoticed) expect(told).toContain(`"table":"${each.told}","key":`);
      // What the next commit replaces is well again.
      const healed = damages.map(({ table }) => table).find((each) => HEALED.has(each));
      if (healed === undefined) return;
      const second = await start();
      await answers(second);
      expect(second.toldOf().join("\n")).not.toContain(`"table":"${healed}"`);
    }

    for (const table of TABLES) {
      it(`in ${getTableName(table)} is told, and costs nothing but itself`, async () => {
        const damages = damagesOf(table);
        const together = [
          ...Map.groupBy(
            damages.filter(({ isNoticed }) => isNoticed),
            ({ value }) => value,
          ).values(),
        ];
        const failures: string[] = [];
        for (const some of isQuick ? damages.map((each) => [each]) : together) {
          const what = some.map(({ column, value }) => `${column} = ${value}`).join();
          await survive(some).catch((error: unknown) => failures.push(`${what}: ${String(error)}`));
        }
        expect(failures).toEqual([]);
      });
    }
  });
}
