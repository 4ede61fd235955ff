/**
 * A sweep loop over a real store and a fake clock: the heart of the service without network and without waiting.
 */
import { afterEach } from "vitest";
import type { HttpTransport } from "../../shared/ports/http-transport.ts";
import type { MonitoredService } from "../../shared/ports/prober.ts";
import type { Snapshot, Store } from "../../shared/ports/store.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { buildCluster, type Cluster, type ClusterAlerting } from "../../shared/usecases/cluster.ts";
import { ProbeLoop } from "../../shared/usecases/probing/probe-loop.ts";
import { CERTIFICATE_TIMES, T0 } from "./checks.ts";
import { FakeClock } from "./fake-clock.ts";
import { sqliteTestDatabase, type TestDatabase } from "./sqlite-database.ts";

const NOBODY_TOLD: ClusterAlerting = {
  channels: [],
  policies: { critical: { steps: [] }, warning: { steps: [] }, info: { steps: [] } },
  connectivityTargets: [],
  certificateTimes: CERTIFICATE_TIMES,
  drill: null,
};

export const NO_HTTP: HttpTransport = {
  exchange() {
    throw new Error("a fake service needs no transport");
  },
};

export interface SweepBench {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly database: TestDatabase;
  readonly loop: ProbeLoop;
  readonly commits: Snapshot[];
  readonly logged: string[];
  /** The same with its fields. */
  readonly facts: Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

export function testCluster(
  services: readonly MonitoredService[],
  { maxConcurrentProbes = 256, connectivityTargets = [] }: ClusterOptions = {},
): Cluster {
  return buildCluster({
    node: "worker-node4",
    services,
    degradedThresholdPercent: 70,
    intervals: { degradedMs: 15_000, unhealthyMs: 5_000 },
    maxConcurrentProbes,
    alerting: { ...NOBODY_TOLD, connectivityTargets },
    notice: null,
  });
}

type ClusterOptions = Partial<Pick<Cluster, "maxConcurrentProbes"> & Pick<ClusterAlerting, "connectivityTargets">>;

export interface SweepBenchOptions extends ClusterOptions {
  /** Stays open when the bench is closed. */
  readonly database?: TestDatabase;
  /** May break the store. */
  readonly wrap?: (store: Store) => Store;
  readonly clock?: FakeClock;
}

export function sweepBench(services: readonly MonitoredService[], options: SweepBenchOptions = {}): SweepBench {
  const database = options.database ?? sqliteTestDatabase();
  const clock = options.clock ?? new FakeClock(T0);
  const store = (options.wrap ?? ((same) => same))(createD1Store(database.db));
  const commits: Snapshot[] = [];
  const logged: string[] = [];
  const facts: Readonly<Record<string, unknown>>[] = [];
  const loop = new ProbeLoop(
    {
      store,
      clock,
      http: NO_HTTP,
      resolveName: null,
      hostStats: { current: () => ({ cpuPercent: null, memory: null, disk: null }) },
      startedAtMs: clock.nowMs(),
      random: () => 0.5,
      log: {
        write(level, message, fields = {}) {
          logged.push(`${level} ${message}`);
          facts.push({ message, ...fields });
        },
      },
      onSnapshot: (snapshot) => commits.push(snapshot),
    },
    testCluster(services, options),
  );
  return {
    clock,
    store,
    database,
    loop,
    commits,
    logged,
    facts,
    async close() {
      const stopped = loop.stop();
      // Storage that fails is tried again for a while.
      await clock.advance(2_000);
      await stopped;
      if (!options.database) database.close();
    },
  };
}

export type StartBench = (services: readonly MonitoredService[], options?: SweepBenchOptions) => Promise<SweepBench>;

/** To be called once per file: what it returns starts a bench, and every bench is closed after its test. */
export function useSweepBench(): StartBench {
  const benches: SweepBench[] = [];
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.close();
  });
  return async (services, options) => {
    const bench = sweepBench(services, options);
    benches.push(bench);
    await bench.loop.start();
    return bench;
  };
}
