/**
 * Our side of the pipeline rows: the service as node-service.ts assembles it (sweep loop, store, cache, server, maintenance
 * thread), on a clock that leaves out the time in which nothing happens.
 * Started by pipeline.ts, bundled, as `whole-pipeline.mjs URL SERVICES DATABASE DIST`.
 * Invariant: in every sweep each service is probed afresh, and the sweep counts when it has been committed to the file.
 */
import { setImmediate as immediate, setTimeout as realTime } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import bundle from "../../../functions/bundle.ts";
import type { Env } from "../../../functions/env.ts";
import { loadConfiguration } from "../../../functions/runtimes/load-configuration.ts";
import { startHousekeeping } from "../../../functions/runtimes/housekeeping.ts";
import { startNodeServer } from "../../../functions/runtimes/node-server.ts";
import { openDatabaseFile } from "../../../shared/node/database-file.ts";
import { createEventLoopTurns } from "../../../shared/node/event-loop-turns.ts";
import { createNameResolver } from "../../../shared/node/name-resolver.ts";
import { redactedTransport } from "../../../shared/common/redacted-transport.ts";
import { SnapshotCache } from "../../../shared/node/snapshot-cache.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { startSystemStats } from "../../../shared/node/system-stats.ts";
import { createUndiciTransport } from "../../../shared/node/undici-transport.ts";
import { walPagesOf } from "../../../shared/node/wal-pages.ts";
import type { LogLevel } from "../../../shared/ports/log.ts";
import type { Store } from "../../../shared/ports/store.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { ProbeLoop } from "../../../shared/usecases/probing/probe-loop.ts";
import { SkippingClock } from "../skipping-clock.ts";
import { UnderWay } from "../under-way.ts";
import { obey } from "./obey.ts";

export interface SweepsOrder {
  readonly sweeps: number;
  /** Time from one to the next, as the service sees it; at least 1,000. */
  readonly apartMs: number;
}

export interface SweepsCost {
  /** Of this order; all threads. */
  readonly checks: number;
  readonly cpuUs: number;
  readonly wallMs: number;
  /** At its end. */
  readonly rssBytes: number;
  /** Where the API answers. */
  readonly port: number;
}

const CLEANUP_MS = 300_000;
/** So long that a service is probed by its own schedule hardly ever, and only by the sweeps that are ordered. */
const INTERVAL_S = 3_600;

const [, , url = "", serviceCount = "", databasePath = "", dist = ""] = process.argv;
const distUrl = pathToFileURL(`${dist}/`);
const clock = new SkippingClock(Date.now());
const probes = new UnderWay();
let committedChecks = 0;

const log = {
  write(level: LogLevel, message: string, fields: unknown = {}) {
    if (level === "warn" || level === "error") throw new Error(`${message} ${JSON.stringify(fields)}`);
  },
};
const services = Array.from({ length: Number(serviceCount) }, (_, index) => [
  `service_${index}`,
  { name: `Service ${index}`, url, critical: true, interval: INTERVAL_S },
]);
const text = JSON.stringify({ services: Object.fromEntries(services) });
const source = { name: "benchmark", notice: null, read: async () => text };
const { redact, access, hostNames, retentionMs, maxConnections, ...configuration } = await loadConfiguration(
  source,
  {},
);
const cluster = {
  ...configuration.cluster,
  services: configuration.cluster.services.map((service) => ({ ...service, probe: probes.counted(service.probe) })),
};

const sqlite = await openDatabaseFile({
  path: databasePath,
  migrationsFolder: `${dist}/migrations`,
  log,
  nowMs: clock.nowMs.bind(clock),
  prove: async () => {},
});
const DB = sqliteAsD1(sqlite);
const d1Store = createD1Store(DB);
const store: Store = {
  ...d1Store,
  async commitSweep(commit) {
    const outcome = await d1Store.commitSweep(commit);
    if (outcome === "committed") committedChecks += commit.checks.length;
    return outcome;
  },
};
const dataVersion = sqlite.prepare<[], number>("pragma data_version").pluck();
const cache = new SnapshotCache(store, () => dataVersion.get() ?? 0);
const hostStats = startSystemStats(databasePath);
const resolveName = createNameResolver();
const http = redactedTransport(createUndiciTransport({ resolveName }), () => redact);
const base = { clock, log, hostStats, random: Math.random, startedAtMs: clock.nowMs() };
const onSnapshot = cache.put.bind(cache);
const loop = new ProbeLoop({ ...base, store, http, resolveName, onSnapshot }, cluster);
await loop.start();
const HOST: Env["HOST"] = {
  ...base,
  http,
  beat: async () => {},
  snapshots: cache,
  sweeper: loop,
  turns: createEventLoopTurns(),
  access: () => access,
  cluster: () => cluster,
  hostNames: () => hostNames,
  retentionMs: () => retentionMs,
};
const server = { port: 0, hostname: "127.0.0.1", maxConnections, env: { DB, HOST }, cache, fetch: bundle.fetch };
const { port } = await startNodeServer(server);
const maintenance = startHousekeeping({
  clock,
  log,
  databasePath,
  script: new URL("housekeeping.mjs", distUrl),
  walPages: walPagesOf(sqlite),
  cleanupMs: () => CLEANUP_MS,
  retentionMs: () => retentionMs,
});

/** Lets time pass until `done` resolves, without waiting where only time would have to pass. */
async function pass(done: Promise<unknown>): Promise<void> {
  let isOver = false;
  void done.finally(() => (isOver = true));
  for (;;) {
    await probes.none();
    await immediate(); // what the probes have begun by ending
    if (isOver) return;
    if (maintenance.isBusy()) await realTime(1);
    else if (probes.count === 0) clock.skip();
  }
}

async function sweep(apartMs: number): Promise<void> {
  const startMs = clock.monotonicMs();
  await pass(loop.refresh(-1));
  await pass(clock.sleep(Math.max(0, startMs + apartMs - clock.monotonicMs())));
}

obey(async ({ sweeps, apartMs }: SweepsOrder): Promise<SweepsCost> => {
  const before = { cpu: process.cpuUsage(), ms: performance.now(), checks: committedChecks };
  for (let count = 0; count < sweeps; count += 1) await sweep(apartMs);
  const { user, system } = process.cpuUsage(before.cpu);
  const wallMs = performance.now() - before.ms;
  const checks = committedChecks - before.checks;
  const isHealthy = [...(cache.peek(-1)?.snapshot.moment.checks.values() ?? [])].every(
    ({ status }) => status === "healthy",
  );
  if (!isHealthy || loop.status().discardedChecks > 0) throw new Error("not every check was healthy");
  if (checks < sweeps * services.length) throw new Error(`${checks} checks committed in ${sweeps} sweeps`);
  return { checks, cpuUs: user + system, wallMs, rssBytes: process.memoryUsage.rss(), port };
});
