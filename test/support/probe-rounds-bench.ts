/**
 * Probe rounds over a real store and a fake clock, as cron wakes them: several "isolates" may share the database.
 */
import { afterEach } from "vitest";
import type { MonitoredService } from "../../shared/ports/prober.ts";
import type { Store } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { ProbeRounds } from "../../shared/usecases/probing/probe-rounds.ts";
import { T0 } from "./checks.ts";
import { FakeClock } from "./fake-clock.ts";
import { fakeService, HEALTHY, type FakeService } from "./fake-service.ts";
import { NO_HTTP, testCluster } from "./probe-loop-bench.ts";
import { sqliteTestDatabase, type TestDatabase } from "./sqlite-database.ts";

export const MINUTE_MS = 60_000;

const databases: TestDatabase[] = [];

afterEach(() => {
  for (const database of databases.splice(0)) database.close();
});

export function roundsBench(services: readonly FakeService[], wrap: (store: Store) => Store = (same) => same) {
  const database = sqliteTestDatabase();
  databases.push(database);
  const clock = new FakeClock(T0);
  const logged: string[] = [];
  const store = createD1Store(database.db);
  /** As in another isolate: nothing is shared but the database. */
  const another = (configured: readonly MonitoredService[] = services) =>
    new ProbeRounds(
      {
        store: wrap(store),
        clock,
        http: NO_HTTP,
        resolveName: null,
        hostStats: { current: () => ({ cpuPercent: null, memory: null, disk: null }) },
        log: { write: (level, message) => logged.push(`${level} ${message}`) },
        startedAtMs: null,
        random: () => 0.5,
        deliverer: { deliverDue: async () => Infinity },
        outbox: createOutbox(database.db),
      },
      testCluster(configured),
    );
  const sampleCount = async (id: string) => (await store.listSamples(id, 0, T0 * 2)).length;
  return { clock, store, logged, another, sampleCount, sweeper: another() };
}

export const minutely = (id: string) => fakeService(id, { intervalMs: MINUTE_MS });
export const after = (clock: FakeClock, ms: number) => async () => {
  await clock.sleep(ms);
  return HEALTHY;
};

/** Lets everything that the round waits for happen. */
export async function finish(clock: FakeClock, round: Promise<void>, ms = 30_000): Promise<void> {
  await clock.advance(ms);
  await round;
}

export type Moment = "before" | "after";

/** Fails the calls of the store that the test names, before they do anything or after they have. */
export function failing(message: string, failure: (call: number) => Moment | null): (store: Store) => Store {
  let calls = 0;
  const wrap =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const moment = failure((calls += 1));
      if (moment === "before") throw new Error(message);
      const result = await call(...args);
      if (moment === "after") throw new Error(message);
      return result;
    };
  return (store) => ({ ...store, readSnapshot: wrap(store.readSnapshot), commitSweep: wrap(store.commitSweep) });
}
