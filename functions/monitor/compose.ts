/**
 * The whole service from what a platform hands in: configuration, storage, probing, delivery, jobs, the API.
 * Called by bundle.ts for `functions/runtimes/*.ts`. Knows both the ports and who implements them, as only its folder does.
 * Invariant: whatever depends on the configuration asks for the one in force at the moment of use.
 */
import { StatusBoards } from "../../shared/domain/monitoring/status-board.ts";
import { clientAddress } from "../../shared/domain/net/client-address.ts";
import { proveReadable } from "../../shared/storage/prove-readable.ts";
import type { MonitorContext } from "../context.ts";
import { createApp } from "../http/app.ts";
import { respondWithReadable } from "../http/event-stream.ts";
import { createListeners } from "../http/listeners.ts";
import { problemResponse } from "../http/problem.ts";
import { createRates } from "../http/rates.ts";
import { EventFeed } from "../live/event-feed.ts";
import { NowFeed } from "../live/now-feed.ts";
import { SharedOutlooks } from "../live/shared-outlooks.ts";
import { ServicePasts } from "../page/service-pasts.ts";
import { PublicStatusReader } from "../public/public-status-reader.ts";
import { keepPages } from "../page/kept-pages.ts";
import { readNow } from "../page/read-now.ts";
import type { Monitor, Runtime } from "../runtime.ts";
import { loadConfigurationInForce } from "./configuration.ts";
import { createProbing, type Probing, type ProbingParts } from "./probing.ts";
import { createPeek } from "./peek.ts";
import { runCron, startTimers } from "./run-jobs.ts";
import { openStorage } from "../storage.ts";

/**
 * Some 3 ms of the CPU that the platform counts: every service of a day when there are 40 of them, or two days of one service after an
 * upgrade; then a year of six services takes four days. A job thread has a budget of its own (run-jobs.ts).
 */
const ROLLUP_BUDGET = 50;

/** `context`: what the monitor works with, for who measures it. Throws as `createMonitor` does. */
export async function compose(runtime: Runtime): Promise<{ monitor: Monitor; context: MonitorContext }> {
  const { log } = runtime;
  const configuration = await loadConfigurationInForce(runtime);
  const database = await runtime.openDatabase(proveReadable);
  const turns = runtime.process?.turns ?? null;
  const storage = openStorage(database.db, { log, turns, faults: () => database.faults() });
  const parts = { runtime, database, storage, configuration };
  const probing = await createProbing(parts);
  const context = createContext(parts, probing);
  const jobs = { ...context, checkpoint() {}, rollupBudget: ROLLUP_BUDGET };
  const app = createApp();
  let stopTimers = (): void => {};

  const monitor: Monitor = {
    async fetch(request, peer = null, goOn = () => {}) {
      try {
        const { trustedProxies } = configuration.current.config;
        const address = clientAddress(peer, request.headers.get("x-forwarded-for"), trustedProxies);
        return await app.fetch(request, { ...context, address, goOn });
      } catch (error) {
        return problemResponse(error, log);
      }
    },
    peek: createPeek(context, (nowMs) => probing.peek(nowMs)),
    scheduled: ({ cron, scheduledTime }) => runCron(cron, scheduledTime, jobs),
    async start() {
      await probing.start();
      if (runtime.process) stopTimers = startTimers(jobs, { ...runtime.process, walPages: () => database.walPages() });
    },
    reload: () => configuration.reload(({ cluster }) => probing.replaceCluster(cluster)),
    drain: () => probing.drain(),
    async stop() {
      probing.drain();
      stopTimers();
      await runtime.process?.jobThread.end();
      await probing.stop();
      await runtime.close();
    },
    connectionLimits: () => configuration.current.config,
  };
  return { monitor, context };
}

function createContext({ runtime, storage, configuration }: ProbingParts, probing: Probing): MonitorContext {
  const { log, http, hostStats, resolveName, compress = null, assets = new Map() } = runtime;
  const { clock, startedAtMs, snapshots, commits, sweeper, outbox } = probing;
  const boards = new StatusBoards();
  const turns = runtime.process?.turns ?? null;
  const live = { ...storage, log, clock, snapshots, boards, commits, turns };
  const settings = { cluster: () => configuration.current.cluster, config: () => configuration.current.config };
  const context: MonitorContext = {
    ...storage,
    clock,
    log,
    hostStats,
    http,
    resolveName,
    respondWithEvents: runtime.respondWithEvents ?? respondWithReadable,
    compress,
    assets,
    startedAtMs,
    snapshots,
    boards,
    commits,
    events: new EventFeed(live),
    nowView: new NowFeed({
      ...live,
      cluster: () => configuration.current.cluster,
      read: (nowMs) => readNow(context, nowMs),
    }),
    pages: keepPages(live),
    outlooks: new SharedOutlooks({ ...live, cluster: settings.cluster }),
    pasts: new ServicePasts({ ...live, ...settings }),
    sweeper,
    outbox,
    turns,
    rates: createRates(),
    listeners: createListeners({ clock, commits, connectionLimits: () => configuration.current.config }),
    publicStatus: new PublicStatusReader({ ...live, ...settings }),
    ...settings,
    provenance: () => configuration.provenance,
    hostNames: () => configuration.current.hostNames,
  };
  return context;
}
