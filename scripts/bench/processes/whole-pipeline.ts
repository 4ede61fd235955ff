/**
 * Our side of the pipeline rows: the service as functions/runtimes/node.ts runs it (probe loop, store, cache, server, job
 * thread), on a clock that leaves out the time in which nothing happens.
 * Started by rows/pipeline.ts, bundled, as `whole-pipeline.mjs URL SERVICES DATABASE DIST`.
 * Invariant: in every sweep each service is probed afresh, save the few whose own schedule has just done it; a sweep counts when it
 * has been committed to the file.
 */
import { setImmediate as immediate, setTimeout as realTime } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { loadMonitor, SECURITY_HEADERS } from "../../../functions/bundle.ts";
import { createNodeRuntime } from "../../../functions/runtimes/node-runtime.ts";
import { startHttpServer } from "../../../shared/node/http-server.ts";
import { NodeJobThread } from "../../../shared/node/job-thread.ts";
import type { LogLevel } from "../../../shared/ports/log.ts";
import { SkippingClock } from "../skipping-clock.ts";
import type { CallCost } from "./measure-calls.ts";
import { obey } from "./obey.ts";

export interface SweepsOrder {
  readonly sweeps: number;
  /** Time from one to the next, as the service sees it; at least 1,000. */
  readonly apartMs: number;
}

/** Of the checks of one order, all threads included. */
export interface SweepsCost extends CallCost {
  /** At its end. */
  readonly rssBytes: number;
  readonly origin: string;
}

/** So long that a service is probed by its own schedule hardly ever, and only by the sweeps that are ordered. */
const INTERVAL_S = 86_400;

/** What has fallen due by itself and is still to be committed is shared by a sweep: it is as old as a commit may wait. */
const SHARED_AGE_MS = 1_000;
const MOST_SHARED = 0.01;

const [, , url = "", serviceCount = "", databasePath = "", dist = ""] = process.argv;
const distUrl = pathToFileURL(`${dist}/`);
const clock = new SkippingClock();
const probes = new Set<Promise<unknown>>();
const log = {
  write(level: LogLevel, message: string, fields: unknown = {}) {
    if (level === "warn" || level === "error") throw new Error(`${message} ${JSON.stringify(fields)}`);
  },
  redactWith() {},
};
const services = Array.from({ length: Number(serviceCount) }, (_, index) => [
  `service_${index}`,
  { name: `Service ${index}`, url, critical: true, interval: INTERVAL_S },
]);
const text = JSON.stringify({ services: Object.fromEntries(services) });

const runtime = await createNodeRuntime({ configPath: "", databasePath, environment: {}, distUrl, log });
const jobThread = new NodeJobThread({ script: new URL("job-thread.mjs", distUrl), databasePath, clock, log });
let checks = 0;
const { compose } = await loadMonitor();
const { monitor, context } = await compose({
  ...runtime,
  configuration: { name: "benchmark", notice: null, read: async () => text },
  clock,
  http: {
    exchange(request) {
      checks += 1;
      const probe = runtime.http.exchange(request).finally(() => probes.delete(probe));
      probes.add(probe);
      return probe;
    },
  },
  process: runtime.process && { ...runtime.process, jobThread },
});
await monitor.start();
const listening = { port: 0, hostname: "127.0.0.1", log: runtime.log };
const { url: origin } = await startHttpServer({ ...listening, headers: SECURITY_HEADERS, monitor });

/** Lets time pass until `done` resolves, without waiting where only time would have to pass. */
async function pass(done: Promise<unknown>): Promise<void> {
  let isOver = false;
  void done.finally(() => (isOver = true));
  for (;;) {
    await Promise.allSettled(probes);
    await immediate(); // what the probes have begun by ending
    if (isOver) return;
    if (jobThread.isBusy) await realTime(1);
    else if (probes.size === 0) clock.skip();
  }
}

async function sweep(apartMs: number): Promise<void> {
  const startMs = clock.monotonicMs();
  await pass(context.sweeper.refresh(-1));
  await pass(clock.sleep(Math.max(0, startMs + apartMs - clock.monotonicMs())));
}

await sweep(1_000); // which ends the probes that a start begins by itself
obey(async ({ sweeps, apartMs }: SweepsOrder): Promise<SweepsCost> => {
  const before = { cpu: process.cpuUsage(), ms: performance.now(), checks };
  let lastMs = 0;
  for (let count = 0; count < sweeps; count += 1) {
    lastMs = clock.nowMs();
    await sweep(apartMs);
  }
  const { user, system } = process.cpuUsage(before.cpu);
  const wallMs = performance.now() - before.ms;
  const made = checks - before.checks;
  const last = [...((await context.snapshots.read())?.moment.checks.values() ?? [])];
  const isGood = last.every(({ status, checkedAtMs }) => status === "healthy" && checkedAtMs >= lastMs - SHARED_AGE_MS);
  const { discardedChecks, storageWorks } = await context.sweeper.status();
  if (!isGood || discardedChecks > 0 || !storageWorks) throw new Error("not every check was healthy and committed");
  if (made < sweeps * services.length * (1 - MOST_SHARED)) throw new Error(`${made} checks made in ${sweeps} sweeps`);
  return { cpuUsPerCall: (user + system) / made, wallMs, rssBytes: process.memoryUsage.rss(), origin };
});
