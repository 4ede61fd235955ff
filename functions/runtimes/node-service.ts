/**
 * The whole service on Node as a value: start it, reload it, stop it. Tests start it on port 0.
 * Called by node.ts; picks every implementation: the only place on Node that knows a port and who implements it.
 * Invariant: after `stop` nothing of it is left: no socket, no timer, no thread, no child process.
 */
import type { Database } from "better-sqlite3";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AlertCommand } from "../../shared/domain/alerting/alert-commands.ts";
import type { Failover } from "../../shared/domain/alerting/failover.ts";
import type { Redact } from "../../shared/domain/text/redact.ts";
import { DamageWatch } from "../../shared/node/damaged-database.ts";
import { openDatabaseFile } from "../../shared/node/database-file.ts";
import { startDemoCluster } from "../../shared/node/demo-cluster.ts";
import { createEventLoopTurns } from "../../shared/node/event-loop-turns.ts";
import { createNameResolver } from "../../shared/node/name-resolver.ts";
import type { Environment } from "../../shared/node/references.ts";
import { runCommand } from "../../shared/node/run-command.ts";
import { SnapshotCache } from "../../shared/node/snapshot-cache.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { redactedTransport } from "../../shared/common/redacted-transport.ts";
import { steadyClock, type TimeSources } from "../../shared/node/steady-clock.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { walPagesOf } from "../../shared/node/wal-pages.ts";
import { startSystemStats } from "../../shared/node/system-stats.ts";
import { createUndiciTransport } from "../../shared/node/undici-transport.ts";
import type { Log } from "../../shared/ports/log.ts";
import type { Channel } from "../../shared/ports/notifier.ts";
import type { Store } from "../../shared/ports/store.ts";
import { createOccasions } from "../../shared/storage/occasions.ts";
import { createOutbox } from "../../shared/storage/outbox.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { proveReadable } from "../../shared/storage/prove-readable.ts";
import { lookAfterDrills } from "../../shared/usecases/delivery/drills.ts";
import { receiversOf } from "../../shared/usecases/delivery/remediation-channels.ts";
import { Deliverer, type DeliveryDependencies } from "../../shared/usecases/delivery/deliverer.ts";
import { DeliveryLoop } from "../../shared/usecases/delivery/delivery-loop.ts";
import { beat, HEARTBEAT_EVERY_MS } from "../../shared/usecases/delivery/heartbeat.ts";
import { StandbyDelivery, type StandbyDependencies } from "../../shared/usecases/delivery/standby.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import { ProbeLoop } from "../../shared/usecases/probing/probe-loop.ts";
import bundle from "../bundle.ts";
import type { Env } from "../env.ts";
import { CleanupStack } from "./cleanup-stack.ts";
import { demoConfiguration } from "./demo-configuration.ts";
import type { Configuration } from "./configuration.ts";
import { configurationFile, loadConfiguration, type ConfigurationSource } from "./load-configuration.ts";
import { every } from "./every.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { startNodeServer } from "./node-server.ts";

export interface NodeServiceOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly hostname: string;
  /** Null runs the demo cluster. */
  readonly configPath: string | null;
  readonly databasePath: string;
  /** Where `${NAME}` references of the configuration are looked up. */
  readonly environment: Environment;
  /** The folder with bundle.mjs, housekeeping.mjs, demo.mjs and migrations/. */
  readonly distUrl: URL;
  readonly log: Log;
  /** Told the redactor of each configuration in force, for the log. */
  onRedactor(redact: Redact): void;
}

export interface NodeService {
  readonly port: number;
  /** Loads the configuration again. A faulty one is logged and the old one stays in force; true when the new one is. */
  reload(): Promise<boolean>;
  /** Ends within 5 s; what has been checked is committed. */
  stop(): Promise<void>;
}

/** Throws ConfigurationFault for a configuration that cannot be used, and the system's error when port or database cannot. */
export async function startNodeService(options: NodeServiceOptions): Promise<NodeService> {
  const cleanups = new CleanupStack();
  try {
    return await assemble(options, cleanups);
  } catch (error) {
    await cleanups.run();
    throw error;
  }
}

/** The configuration in force; replaced on reload, read by everything at the moment of use. */
interface InForce {
  current: Configuration;
}

async function assemble(options: NodeServiceOptions, cleanups: CleanupStack): Promise<NodeService> {
  const { log, distUrl, databasePath, environment } = options;
  const source = await configurationSource(options, cleanups);
  const configuration: InForce = { current: await loadConfiguration(source, environment) };
  options.onRedactor(configuration.current.redact);

  const { env, cache, loop, delivery, walPages } = await openService(options, configuration, cleanups);
  await loop.start();
  // Whatever was decided before a restart.
  delivery.wake();
  const { clock } = env.HOST;
  cleanups.push(
    every(
      clock,
      () => HEARTBEAT_EVERY_MS,
      () => void env.HOST.beat(),
    ),
  );
  const { maxConnections } = configuration.current;
  const server = await startNodeServer({ ...options, maxConnections, env, cache, fetch: bundle.fetch });
  cleanups.push(() => server.stop());
  const housekeeping = startHousekeeping({
    script: new URL("housekeeping.mjs", distUrl),
    databasePath,
    clock: env.HOST.clock,
    log,
    walPages,
    cleanupMs: () => configuration.current.cleanupMs,
    retentionMs: () => configuration.current.retentionMs,
  });
  cleanups.push(() => housekeeping.stop());

  const reload = async (): Promise<boolean> => {
    try {
      configuration.current = await loadConfiguration(source, environment);
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      log.write("error", "configuration not reloaded, the old one stays in force", { error: fault });
      return false;
    }
    const { cluster, redact, maxConnections: most } = configuration.current;
    options.onRedactor(redact);
    loop.replaceCluster(cluster);
    server.setMaxConnections(most);
    log.write("info", "configuration reloaded", { services: cluster.services.length });
    return true;
  };
  let reloads: Promise<unknown> = Promise.resolve();
  return {
    port: server.port,
    reload() {
      // One after the other, so that the file read last is the one in force.
      const next = reloads.then(reload);
      reloads = next;
      return next;
    },
    stop: () => cleanups.run(),
  };
}

/** Database, probing and the bundle's Env, not yet running. */
async function openService(
  options: NodeServiceOptions,
  configuration: InForce,
  cleanups: CleanupStack,
): Promise<{ env: Env; cache: SnapshotCache; loop: ProbeLoop; delivery: DeliveryLoop; walPages: () => number }> {
  const { log, databasePath } = options;
  const { DB, store, faults, dataVersion, walPages } = await openStorage(options, cleanups);
  const cache = new SnapshotCache(store, dataVersion);

  const hostStats = startSystemStats(resolve(databasePath));
  cleanups.push(() => hostStats.stop());
  const resolveName = createNameResolver();
  const transport = createUndiciTransport({ resolveName });
  cleanups.push(() => transport.close());
  const http = redactedTransport(transport, () => configuration.current.redact);

  const newest = await store.readSnapshot();
  const clock = { ...systemClock, nowMs: steadyClock(WALL_AND_MONOTONIC, newest?.moment.atMs ?? 0) };
  const base = { clock, log, hostStats, startedAtMs: clock.nowMs() };
  const onSnapshot = cache.put.bind(cache);
  const outbox = createOutbox(DB);
  const occasions = createOccasions(DB);
  const apply = (command: AlertCommand): Promise<unknown> => loop.apply(command);
  const receivers = (): readonly Channel[] => receiversOf(configuration.current.cluster, { apply, runCommand });
  const primary = (): Failover["primary"] => configuration.current.failover.primary;
  const delivery = deliveryOf({ outbox, occasions, http, resolveName, ...base, channels: receivers, primary });
  cleanups.push(() => delivery.stop());
  const onNews = delivery.tell.bind(delivery);
  const uses = { ...base, store, http, resolveName, random: Math.random, onSnapshot, onNews, faults };
  const loop = new ProbeLoop(uses, configuration.current.cluster);
  cleanups.push(() => loop.stop());
  const HOST: Env["HOST"] = {
    ...base,
    http,
    async beat() {
      const cluster = (): Cluster => configuration.current.cluster;
      const parts = { ...base, http, outbox, occasions, snapshots: cache, sweeper: loop, cluster, apply };
      await lookAfterDrills(parts);
      await beat({ ...parts, url: () => configuration.current.failover.heartbeat });
    },
    snapshots: cache,
    sweeper: loop,
    turns: createEventLoopTurns(),
    cluster: () => configuration.current.cluster,
    access: () => configuration.current.access,
    hostNames: () => configuration.current.hostNames,
    retentionMs: () => configuration.current.retentionMs,
  };
  return { env: { DB, HOST }, cache, loop, delivery, walPages };
}

type DeliveryParts = Omit<DeliveryDependencies, "random"> & Pick<StandbyDependencies, "primary" | "occasions">;

function deliveryOf(parts: DeliveryParts): DeliveryLoop {
  const { random } = Math;
  const deliverer = new Deliverer({ ...parts, random });
  return new DeliveryLoop(new StandbyDelivery({ ...parts, deliverer }), parts);
}

const WALL_AND_MONOTONIC: TimeSources = { wallMs: systemClock.nowMs, monotonicMs: systemClock.monotonicMs };

interface Storage {
  readonly DB: Env["DB"];
  readonly store: Store;
  /** What is wrong with the database file, for alerts. */
  faults(): readonly string[];
  dataVersion(): number;
  walPages(): number;
}

async function openStorage(
  { log, distUrl, databasePath }: NodeServiceOptions,
  cleanups: CleanupStack,
): Promise<Storage> {
  const { nowMs } = systemClock;
  const migrationsFolder = fileURLToPath(new URL("migrations", distUrl));
  const prove = (sqlite: Database): Promise<void> => proveReadable(sqliteAsD1(sqlite));
  const sqlite = await openDatabaseFile({ path: databasePath, migrationsFolder, log, nowMs, prove });
  cleanups.push(() => sqlite.close());
  const watch = new DamageWatch(databasePath, log);
  const DB = sqliteAsD1(sqlite, watch.onError);
  const faults = (): readonly string[] => watch.faults(nowMs());
  const store = createD1Store(DB);
  const dataVersion = sqlite.prepare<[], number>("pragma data_version").pluck();
  return {
    DB,
    faults,
    store: {
      ...store,
      // Faults are not stored: /alerts must know them as well of a snapshot that was read.
      async readSnapshot() {
        const snapshot = await store.readSnapshot();
        return snapshot && { ...snapshot, moment: { ...snapshot.moment, faults: faults() } };
      },
    },
    dataVersion: () => dataVersion.get() ?? 0,
    walPages: walPagesOf(sqlite),
  };
}

async function configurationSource(
  { configPath, distUrl, log }: NodeServiceOptions,
  cleanups: CleanupStack,
): Promise<ConfigurationSource> {
  if (configPath !== null) return configurationFile(configPath);
  const demo = await startDemoCluster(new URL("demo.mjs", distUrl));
  cleanups.push(() => demo.stop());
  for (const note of demo.notes) log.write("info", note);
  return demoConfiguration(demo.services);
}

/** The configuration file to use: the one asked for, the default one when it exists, else none. */
export function chooseConfigPath(wanted: string | undefined, defaultPath: string): string | null {
  return wanted ?? (existsSync(defaultPath) ? defaultPath : null);
}
