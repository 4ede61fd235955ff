/**
 * The whole service from what a platform hands in: configuration, storage, probing, delivery, jobs, the API.
 * Called by bundle.ts for `functions/runtimes/*.ts`. Knows both the ports and who implements them, as only its folder does.
 * Invariant: whatever depends on the configuration asks for the one in force at the moment of use.
 */
import { isAllowedHost } from "../../shared/domain/net/host-name.ts";
import type { PeekResponse } from "../../shared/ports/peek.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import { proveReadable } from "../../shared/storage/prove-readable.ts";
import type { MonitorContext } from "../context.ts";
import { clusterHealthResponse } from "../endpoints/cluster-health.ts";
import { createApp } from "../http/app.ts";
import { problemResponse } from "../http/problem.ts";
import { createRates } from "../http/rates.ts";
import type { Monitor, Runtime } from "../runtime.ts";
import { loadConfigurationInForce } from "./configuration.ts";
import { createProbing, type Probing, type ProbingParts } from "./probing.ts";
import { runCron, startTimers } from "./run-jobs.ts";
import { openStorage } from "../storage.ts";

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
  const jobs = { ...context, checkpoint() {} };
  const app = createApp();
  let stopTimers = (): void => {};

  const monitor: Monitor = {
    async fetch(request, address = null) {
      try {
        return await app.fetch(request, { ...context, address });
      } catch (error) {
        return problemResponse(error, log);
      }
    },
    peekClusterHealth: createPeek(context, probing),
    scheduled: ({ cron, scheduledTime }) => runCron(cron, scheduledTime, jobs),
    async start() {
      await probing.start();
      if (runtime.process) stopTimers = startTimers(jobs, { ...runtime.process, walPages: () => database.walPages() });
    },
    reload: () => configuration.reload(({ cluster }) => probing.replaceCluster(cluster)),
    async stop() {
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
  const { log, http, hostStats, resolveName } = runtime;
  const { clock, startedAtMs, snapshots, sweeper, outbox } = probing;
  return {
    ...storage,
    clock,
    log,
    hostStats,
    http,
    resolveName,
    startedAtMs,
    snapshots,
    sweeper,
    outbox,
    turns: runtime.process?.turns ?? null,
    rates: createRates(),
    cluster: () => configuration.current.cluster,
    config: () => configuration.current.config,
    hostNames: () => configuration.current.hostNames,
  };
}

/** False for a Host that a URL writes in another way, or that is none, such as `localhost:99999`: the router judges it. */
function isWrittenPlainly(host: string): boolean {
  return URL.parse(`http://${host}/`)?.hostname === host.toLowerCase().replace(/:\d+$/, "");
}

/**
 * What the endpoint would answer, byte for byte, without router and promise while the newest snapshot is in memory. Polls of one
 * second get one and the same object, since making it anew costs a tenth of a request, and a host that was allowed is so again.
 */
function createPeek(
  { clock, config, hostNames, cluster }: MonitorContext,
  probing: Probing,
): Monitor["peekClusterHealth"] {
  let allowed: { readonly host: string; readonly names: ReadonlySet<string> } | null = null;
  const mayAsk = (host: string): boolean => {
    const names = hostNames();
    if (config().auth.readsNeedToken) return false;
    if (allowed?.host === host && allowed.names === names) return true;
    if (!isAllowedHost(host, names) || !isWrittenPlainly(host)) return false;
    allowed = { host, names };
    return true;
  };
  let last: { readonly snapshot: Snapshot; readonly second: number; readonly response: PeekResponse } | null = null;
  return ({ host, ifNoneMatch }) => {
    if (host === undefined || !mayAsk(host)) return null;
    const nowMs = clock.nowMs();
    const cached = probing.peek(nowMs);
    if (!cached) return null;
    const { snapshot, bytes } = cached;
    const second = Math.floor((nowMs - snapshot.moment.atMs) / 1_000);
    const isCurrent = nowMs < snapshot.staleAtMs && ifNoneMatch === undefined;
    if (isCurrent && last?.snapshot === snapshot && last.second === second) return last.response;
    const { status, headers, body } = clusterHealthResponse(snapshot, { nowMs, ifNoneMatch, cluster: cluster() });
    if (body === null) return { status, headers, body };
    const payload = body === snapshot.body ? bytes : new TextEncoder().encode(body);
    const response = { status, headers: { ...headers, "content-length": String(payload.byteLength) }, body: payload };
    if (isCurrent) last = { snapshot, second, response };
    return response;
  };
}
