/**
 * The program on Workers: what only the platform has, handed to the monitor. One monitor an isolate; isolates come and go.
 * Uploaded as dist/worker.mjs beside the bundle and the configuration; see wrangler.toml.
 * Invariant: a configuration that cannot be used answers 503 and says why in the log, never in the answer.
 */
import { createFetchTransport, type Sender } from "../../shared/workers/fetch-transport.ts";
import { workersClock } from "../../shared/workers/workers-clock.ts";
import { answerWithout, AppError, createConsoleLog, createMonitor, loadMonitor, WORKERS_ABILITIES } from "../bundle.ts";
import type { GoOn, Monitor, Runtime, RuntimeDatabase } from "../runtime.ts";
import text from "./cluster-text.ts";

/** The database, variables and secrets by their names, and senders that lead into private networks. */
export interface WorkerBindings {
  readonly DB: RuntimeDatabase["db"];
  readonly [name: string]: unknown;
}

/** While the isolate starts, which has a second of CPU; a request has ten milliseconds. */
await loadMonitor();

/** A variable with a sentence that every reader of the API must see; the local demo sets it. */
const NOTICE_BINDING = "MONITORING_NOTICE";

const UNUSABLE = new AppError(
  "unavailable",
  "The configuration of this service cannot be used. Its log has the details.",
);

const createLog = () =>
  createConsoleLog({
    terminal: null,
    // oxlint-disable-next-line no-console -- the console is the platform's log
    write: (line) => console.log(line.trimEnd()),
    nowMs: workersClock.nowMs,
  });

/** The variable or secret of that name; null when there is none. */
function readText(bindings: WorkerBindings, name: string): string | null {
  const binding = bindings[name];
  return typeof binding === "string" ? binding : null;
}

/** The way into a private network of that name; null when there is none. */
function findSender(bindings: WorkerBindings, name: string): Sender | null {
  const binding = bindings[name];
  return typeof binding === "object" && binding !== null && "fetch" in binding ? (binding as Sender) : null;
}

/** The platform of one deployment. It tells no load of a machine: a Worker has none of its own. */
export function workersRuntime(bindings: WorkerBindings): Runtime {
  return {
    abilities: WORKERS_ABILITIES,
    configuration: { name: "cluster.yaml", notice: readText(bindings, NOTICE_BINDING), read: async () => text },
    resolveReference: (name) => readText(bindings, name),
    nodeName: "cloudflare-workers",
    ownNames: [],
    log: createLog(),
    clock: workersClock,
    random: Math.random,
    hostStats: { current: () => ({ cpuPercent: null, memory: null, disk: null }) },
    http: createFetchTransport({ clock: workersClock, binding: (name) => findSender(bindings, name) }),
    resolveName: null,
    openDatabase: async () => ({ db: bindings.DB, faults: () => [], dataVersion: () => 0, walPages: () => 0 }),
    process: null,
    close: async () => {},
  };
}

/** An isolate lives as long as its bindings; another object means another deployment of secrets. */
const monitors = new WeakMap<WorkerBindings, Promise<Monitor>>();

function findMonitor(bindings: WorkerBindings): Promise<Monitor> {
  let monitor = monitors.get(bindings);
  if (!monitor) monitors.set(bindings, (monitor = createMonitor(workersRuntime(bindings))));
  return monitor;
}

async function respond(request: Request, bindings: WorkerBindings, goOn: GoOn): Promise<Response> {
  try {
    const monitor = await findMonitor(bindings);
    return await monitor.fetch(request, request.headers.get("cf-connecting-ip"), goOn);
  } catch (error) {
    // Faults of a configuration hold no secret.
    const log = createLog();
    log.write("error", "the configuration cannot be used", {
      error: error instanceof Error ? error.message : String(error),
    });
    return answerWithout(request, UNUSABLE, { log, nowMs: workersClock.nowMs() });
  }
}

export default {
  fetch(request: Request, bindings: WorkerBindings, lifetime: { waitUntil(promise: Promise<unknown>): void }) {
    const response = respond(request, bindings, (work) => lifetime.waitUntil(work));
    // Others may wait for the round that this request has begun: it goes on when the caller hangs up.
    lifetime.waitUntil(response);
    return response;
  },

  async scheduled(event: { cron: string; scheduledTime: number }, bindings: WorkerBindings): Promise<void> {
    const monitor = await findMonitor(bindings);
    await monitor.scheduled(event);
  },
};
