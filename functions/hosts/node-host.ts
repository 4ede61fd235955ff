/**
 * The whole service on Node as a value: start it, reload it, stop it. Tests start it on port 0.
 * Called by node.ts; picks every implementation. The only other place that knows a port and who implements it is worker.ts.
 * Invariant: after `stop` nothing of it is left: no socket, no timer, no thread, no child process.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase, migrateDatabase } from "../../shared/node/database.ts";
import { startDemoCluster } from "../../shared/node/demo-cluster.ts";
import { createNameResolver } from "../../shared/node/name-resolver.ts";
import { SnapshotCache } from "../../shared/node/snapshot-cache.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { startSystemStats } from "../../shared/node/system-stats.ts";
import { createUndiciTransport } from "../../shared/node/undici-transport.ts";
import type { Environment } from "../../shared/node/references.ts";
import type { Redact } from "../../shared/domain/redact.ts";
import type { Log } from "../../shared/ports/log.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { SweepLoop } from "../../shared/usecases/sweep-loop.ts";
import bundle from "../bundle.ts";
import type { Env } from "../env.ts";
import { demoConfiguration } from "./demo-configuration.ts";
import {
  configurationFile,
  loadConfiguration,
  type Configuration,
  type ConfigurationSource,
} from "./load-configuration.ts";
import { startMaintenance } from "./maintenance.ts";
import { startNodeServer } from "./node-server.ts";

export interface NodeHostOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly hostname: string;
  /** Null runs the demo cluster. */
  readonly configPath: string | null;
  readonly databasePath: string;
  /** Where `${NAME}` references of the configuration are looked up. */
  readonly environment: Environment;
  /** The folder with bundle.mjs, maintenance.mjs, demo.mjs and migrations/. */
  readonly distUrl: URL;
  readonly log: Log;
  /** Told the redactor of each configuration in force, for the log. */
  onRedactor(redact: Redact): void;
}

export interface NodeHost {
  readonly port: number;
  /** Loads the configuration again. A faulty one is logged and the old one stays in force; true when the new one is. */
  reload(): Promise<boolean>;
  /** Ends within 5 s; what has been checked is committed. */
  stop(): Promise<void>;
}

/** Throws ConfigurationFault for a configuration that cannot be used, and the system's error when port or database cannot. */
export async function startNodeHost(options: NodeHostOptions): Promise<NodeHost> {
  const cleanups: (() => unknown)[] = [];
  try {
    return await assemble(options, cleanups);
  } catch (error) {
    await runReversed(cleanups);
    throw error;
  }
}

async function assemble(options: NodeHostOptions, cleanups: (() => unknown)[]): Promise<NodeHost> {
  const { log, distUrl, databasePath } = options;
  const startedAtMs = systemClock.nowMs();
  const source = await configurationSource(options, cleanups);
  let configuration = await loadConfiguration(source, options.environment);
  const adopt = (next: Configuration): void => {
    configuration = next;
    options.onRedactor(next.redact);
  };
  adopt(configuration);

  const sqlite = openDatabase(databasePath);
  cleanups.push(() => sqlite.close());
  migrateDatabase(sqlite, fileURLToPath(new URL("migrations", distUrl)));
  const DB = sqliteAsD1(sqlite);
  const store = createD1Store(DB);
  const dataVersion = sqlite.prepare<[], number>("pragma data_version").pluck();
  const cache = new SnapshotCache(store, () => dataVersion.get() ?? 0);

  const hostStats = startSystemStats(resolve(databasePath));
  cleanups.push(() => hostStats.stop());
  const resolveName = createNameResolver();
  const http = createUndiciTransport({ resolveName });
  cleanups.push(() => http.close());

  const base = { clock: systemClock, log, hostStats, startedAtMs };
  const onCommit = cache.put.bind(cache);
  const loop = new SweepLoop({ ...base, store, http, resolveName, onCommit }, configuration.cluster);
  const env: Env = {
    DB,
    HOST: {
      ...base,
      snapshots: cache,
      sweeper: loop,
      cluster: () => configuration.cluster,
      hostNames: () => configuration.hostNames,
      retentionMs: () => configuration.retentionMs,
    },
  };
  cleanups.push(() => loop.stop());
  await loop.start();

  const { maxConnections } = configuration;
  const server = await startNodeServer({ ...options, maxConnections, env, cache, fetch: bundle.fetch });
  cleanups.push(() => server.stop());
  const maintenance = startMaintenance({
    script: new URL("maintenance.mjs", distUrl),
    databasePath,
    log,
    cleanupMs: () => configuration.cleanupMs,
    retentionMs: () => configuration.retentionMs,
  });
  cleanups.push(() => maintenance.stop());

  return {
    port: server.port,
    async reload() {
      try {
        adopt(await loadConfiguration(source, options.environment));
      } catch (error) {
        log.write("error", "configuration not reloaded, the old one stays in force", { error: messageOf(error) });
        return false;
      }
      loop.replaceCluster(configuration.cluster);
      server.setMaxConnections(configuration.maxConnections);
      log.write("info", "configuration reloaded", { services: configuration.cluster.services.length });
      return true;
    },
    stop: () => runReversed(cleanups),
  };
}

async function configurationSource(
  { configPath, distUrl, log }: NodeHostOptions,
  cleanups: (() => unknown)[],
): Promise<ConfigurationSource> {
  if (configPath !== null) return configurationFile(configPath);
  const demo = await startDemoCluster(new URL("demo.mjs", distUrl));
  cleanups.push(() => demo.stop());
  for (const note of demo.notes) log.write("info", note);
  return demoConfiguration(demo.services);
}

/** Ends what was started, last first; one that fails does not keep the others from ending. */
async function runReversed(cleanups: (() => unknown)[]): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) {
    try {
      await cleanup();
    } catch {
      // Everything else must still end; the process is on its way out.
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The configuration file to use: the one asked for, the default one when it exists, else none. */
export function chooseConfigPath(wanted: string | undefined, defaultPath: string): string | null {
  return wanted ?? (existsSync(defaultPath) ? defaultPath : null);
}
