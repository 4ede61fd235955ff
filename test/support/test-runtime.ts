/**
 * A platform for the whole monitor inside a test: a real database, a fake clock, no network; its process lives or is woken.
 */
import type { Runtime, RuntimeProcess } from "../../functions/runtime.ts";
import { NODE_ABILITIES, WORKERS_ABILITIES } from "../../shared/domain/runtime-abilities.ts";
import { readAssetFiles } from "../../shared/node/asset-files.ts";
import type { JobOrder, JobThread } from "../../shared/ports/job-thread.ts";
import { T0 } from "./checks.ts";
import { FakeClock } from "./fake-clock.ts";
import type { TestDatabase } from "./sqlite-database.ts";

const ASSETS = new URL("../../dist/compressed/", import.meta.url);

export interface TestRuntimeOptions {
  readonly database: TestDatabase;
  /** What cluster.yaml holds. */
  readonly config: object;
  /** Null: the platform wakes us. Default: null. */
  readonly process?: RuntimeProcess | null;
  readonly clock?: FakeClock;
}

export interface TestRuntime extends Runtime {
  readonly clock: FakeClock;
  /** Lines of the log: level, message and fields. */
  readonly logged: string[];
  /** How often it was closed. */
  closed(): number;
}

export function testRuntime({
  database,
  config,
  process = null,
  clock = new FakeClock(T0),
}: TestRuntimeOptions): TestRuntime {
  const logged: string[] = [];
  let closings = 0;
  const dataVersion = database.sqlite.prepare<[], number>("pragma data_version").pluck();
  return {
    abilities: process ? NODE_ABILITIES : WORKERS_ABILITIES,
    configuration: { name: "test", notice: null, read: async () => JSON.stringify(config) },
    resolveReference: () => null,
    nodeName: "worker-node4",
    ownNames: [],
    log: {
      write: (level, message, fields = {}) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
      redactWith() {},
    },
    clock,
    random: () => 0,
    hostStats: { current: () => ({ cpuPercent: null, memory: null, disk: null }) },
    http: {
      exchange: async () => {
        const failure = { reason: "refused", message: "Connection refused", durationMs: 1, timings: {} } as const;
        return { kind: "failure", ...failure };
      },
    },
    resolveName: null,
    async openDatabase(prove) {
      if (process) await prove(database.db);
      return { db: database.db, faults: () => [], dataVersion: () => dataVersion.get() ?? 0, walPages: () => 0 };
    },
    assets: readAssetFiles(ASSETS),
    process,
    async close() {
      closings += 1;
    },
    logged,
    closed: () => closings,
  };
}

/** A process that stays alive, with a job thread that only remembers its orders. */
export function testProcess(): { readonly process: RuntimeProcess; readonly orders: JobOrder[] } {
  const orders: JobOrder[] = [];
  const jobThread: JobThread = {
    isBusy: false,
    hasFailed: false,
    run: (order) => void orders.push(order),
    end: async () => {},
  };
  const turns: RuntimeProcess["turns"] = { run: (work) => work(), pause: async () => {}, next: async () => {} };
  return { process: { turns, jobThread, clockSettlesInMs: 0 }, orders };
}

/** Lets time pass until it has settled; settles as it does. */
export async function passUntil<Result>(clock: FakeClock, done: Promise<Result>): Promise<Result> {
  let isSettled = false;
  const settle = (): void => void (isSettled = true);
  done.then(settle, settle);
  while (!isSettled) await clock.advance(500);
  return done;
}
