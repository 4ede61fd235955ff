/**
 * A main thread as that of the service: it commits sweeps, and a timer that is due every millisecond stands for whatever a
 * probe waits for. Beside it, when told to, the job thread of the built service.
 * Started by rows/cleanup-delay.ts. Invariant: nothing else runs here, so a late timer is the fault of commits or maintenance.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../../../shared/node/database.ts";
import { NodeJobThread } from "../../../shared/node/job-thread.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import type { Store } from "../../../shared/ports/store.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { benchConfiguration } from "../configuration.ts";
import { commitQuietly } from "../stored-history.ts";
import { obey } from "./obey.ts";

export interface DisturbanceOrder {
  /** Holds an hour that can be archived, or a day that can be rolled up. */
  readonly databasePath: string;
  /** What the log says when housekeeping has done it. */
  readonly until: "hours archived" | "days rolled up";
  /** Null: without maintenance, for so long. */
  readonly quietMs: number | null;
}

export interface Disturbance {
  readonly longestDelayMs: number;
  /** How long the window was. */
  readonly elapsedMs: number;
}

/** Five times as often as the service, to meet the job thread's commits as often as in five hours. */
const COMMIT_EVERY_MS = 200;
/** As in the service: better-sqlite3 waits by blocking the thread. */
const BUSY_TIMEOUT_MS = 100;
const CHECKS_A_SWEEP = 33;
const SETTLE_MS = 500;
/**
 * A service has been at work for hours when it does housekeeping. Of a new process the first window, beside the job, began with commits
 * that V8 had not compiled yet (47 ms at least, where later ones took 20 to 44), and the one without it did not.
 */
const WARM_UP_COMMITS = 60;
/** After its last log line the thread still moves the WAL into the file. */
const CHECKPOINT_MS = 500;
const YEAR_MS = 365 * 86_400_000;
/** Made before anything is measured: reading a configuration for the first time keeps the thread for some 20 ms. */
const CONFIG = {
  ...benchConfiguration({ services: { any: { url: "http://127.0.0.1:1/" } } }).config,
  retention: { blocksMs: YEAR_MS },
};
const SCRIPT = new URL("../../../dist/job-thread.mjs", import.meta.url);

obey(async ({ databasePath, until, quietMs }: DisturbanceOrder): Promise<Disturbance> => {
  const sqlite = openDatabase(databasePath);
  sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  const stopped = new AbortController();
  const store = createD1Store(sqliteAsD1(sqlite));
  for (let warm = 0; warm < WARM_UP_COMMITS; warm += 1) await commitOnce(store);
  const commits = keepCommitting(store, stopped.signal);
  await sleep(SETTLE_MS);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedMs = performance.now();
  await (quietMs === null ? cleanUp(databasePath, until) : sleep(quietMs));
  delay.disable();
  const elapsedMs = performance.now() - startedMs;
  stopped.abort();
  await commits;
  sqlite.close();
  return { longestDelayMs: Math.max(0, delay.max / 1e6 - 1), elapsedMs };
});

/** Resolves when the job thread has done it. */
async function cleanUp(databasePath: string, until: DisturbanceOrder["until"]): Promise<void> {
  const done = Promise.withResolvers<void>();
  const thread = new NodeJobThread({
    script: SCRIPT,
    databasePath,
    clock: systemClock,
    log: {
      write(level, message, fields) {
        if (message === until) done.resolve();
        if (level === "error") done.reject(new Error(`${message} ${JSON.stringify(fields)}`));
      },
    },
  });
  thread.run({ name: "housekeeping", scheduledMs: Date.now(), config: CONFIG });
  try {
    await done.promise;
    await sleep(CHECKPOINT_MS);
  } finally {
    await thread.end();
  }
}

async function keepCommitting(store: Store, stopped: AbortSignal): Promise<void> {
  for (; !stopped.aborted; await sleep(COMMIT_EVERY_MS)) await commitOnce(store).catch(unlessLocked);
}

/** The service tries again a second later; how long the thread was blocked is in the delay. */
function unlessLocked(error: unknown): void {
  if (!String(error).includes("database is locked")) throw error;
}

async function commitOnce(store: Store): Promise<void> {
  const snapshot = await store.readSnapshot();
  if (!snapshot) throw new Error("the database holds no history");
  const moment = { ...snapshot.moment, atMs: Math.max(Date.now(), snapshot.moment.atMs + 1) };
  await commitQuietly(store, { ...snapshot, moment }, [...moment.checks.values()].slice(0, CHECKS_A_SWEEP));
}
