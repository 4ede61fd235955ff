/**
 * What only Node has, for the monitor: a file behind the D1 interface, undici, threads, the machine's load.
 * Made by node.ts. Knows no service, no storage and no endpoint.
 */
import { hostname } from "node:os";
import { resolve } from "node:path";
import { readAssetFiles } from "../../shared/node/asset-files.ts";
import { compress } from "../../shared/node/compress.ts";
import { configurationFile } from "../../shared/node/configuration-file.ts";
import { makeReferenceResolver, type Environment } from "../../shared/node/environment.ts";
import { startDemoCluster } from "../../shared/node/demo-cluster.ts";
import { respondWithEvents } from "../../shared/node/event-response.ts";
import { createEventLoopTurns } from "../../shared/node/event-loop-turns.ts";
import { NodeJobThread } from "../../shared/node/job-thread.ts";
import { readOpenFilesLimit } from "../../shared/node/own-shortage.ts";
import { createNameResolver } from "../../shared/node/name-resolver.ts";
import { runCommand } from "../../shared/node/run-command.ts";
import { openServiceDatabase } from "../../shared/node/service-database.ts";
import { clockSettlesInMs, systemClock as clock } from "../../shared/node/system-clock.ts";
import { startSystemStats } from "../../shared/node/system-stats.ts";
import { createUndiciTransport } from "../../shared/node/undici-transport.ts";
import type { RedactingLog } from "../../shared/ports/log.ts";
import { NODE_ABILITIES } from "../bundle.ts";
import type { Runtime } from "../runtime.ts";

export interface NodeRuntimeOptions {
  /** Null: there is none, and nobody asked for one. */
  readonly configPath: string | null;
  readonly databasePath: string;
  /** Where `${NAME}` references of the configuration are looked up. */
  readonly environment: Environment;
  /** The folder that the build has made. */
  readonly distUrl: URL;
  readonly log: RedactingLog;
}

export async function createNodeRuntime(options: NodeRuntimeOptions): Promise<Runtime> {
  const { configPath, databasePath, environment, distUrl, log } = options;
  const cleanups = new AsyncDisposableStack();
  const database = { path: databasePath, isDemo: configPath === null, migrations: new URL("migrations", distUrl), log };
  const demo = configPath === null ? await startDemoCluster(new URL("demo.mjs", distUrl), log) : null;
  cleanups.defer(async () => demo?.stop());
  const resolveName = createNameResolver();
  const http = createUndiciTransport({ resolveName });
  cleanups.defer(() => http.close());
  const hostStats = startSystemStats(resolve(databasePath));
  cleanups.defer(() => hostStats.stop());
  const jobThread = new NodeJobThread({ script: new URL("job-thread.mjs", distUrl), databasePath, clock, log });
  return {
    abilities: NODE_ABILITIES,
    configuration: demo ?? configurationFile(configPath ?? ""),
    resolveReference: makeReferenceResolver(environment),
    nodeName: hostname(),
    openFiles: readOpenFilesLimit(),
    ownNames: [hostname()],
    log,
    clock,
    random: Math.random,
    hostStats,
    http,
    resolveName,
    runCommand,
    async openDatabase(prove) {
      const opened = await openServiceDatabase({ ...database, onReplaced: () => jobThread.end(), prove });
      cleanups.defer(opened.close);
      return opened;
    },
    respondWithEvents,
    compress,
    assets: readAssetFiles(new URL("compressed/", distUrl)),
    process: { turns: createEventLoopTurns(), jobThread, clockSettlesInMs: clockSettlesInMs() },
    // Whatever cannot be ended keeps nothing else open; the process is on its way out.
    close: () => cleanups.disposeAsync().catch(() => {}),
  };
}
