/**
 * A main thread as that of the service: it commits sweeps, and a timer that is due every millisecond stands for whatever a
 * probe waits for. Beside it, when told to, the job thread of the built service.
 * Started by rows/cleanup-delay.ts. Invariant: nothing else runs here, so a late timer is the fault of commits or maintenance.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import { housekeeping } from "../../../functions/jobs/housekeeping.ts";
import { healthBody } from "../../../shared/domain/monitoring/health-document.ts";
import { openDatabase } from "../../../shared/node/database.ts";
import { NodeJobThread } from "../../../shared/node/job-thread.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import type { Store } from "../../../shared/ports/store.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { benchConfiguration } from "../configuration.ts";
import { obey } from "./obey.ts";
import { QUIET } from "../../quiet-commit.ts";

export interface DisturbanceOrder {
  /** Holds an hour that can be archived. */
  readonly databasePath: string;
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
/** After its last log line the thread still moves the WAL into the file. */
const CHECKPOINT_MS = 500;
const YEAR_MS = 365 * 86_400_000;
const ANY = { services: { any: { url: "http://127.0.0.1:1/" } } };
const SCRIPT = new URL("../../../dist/job-thread.mjs", import.meta.url);

obey(async ({ databasePath, quietMs }: DisturbanceOrder): Promise<Disturbance> => {
  const sqlite = openDatabase(databasePath);
  sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  const commits = keepCommitting(createD1Store(sqliteAsD1(sqlite)));
  await sleep(SETTLE_MS);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedMs = performance.now();
  if (quietMs === null) await cleanUpBeside(sqlite);
  else await sleep(quietMs);
  delay.disable();
  const longestDelayMs = Math.max(0, delay.max / 1e6 - 1);
  const elapsedMs = performance.now() - startedMs;
  await commits.stop();
  sqlite.close();
  return { longestDelayMs, elapsedMs };
});

async function cleanUpBeside(sqlite: Database): Promise<void> {
  const done = Promise.withResolvers<void>();
  const thread = new NodeJobThread({
    script: SCRIPT,
    databasePath: sqlite.name,
    clock: systemClock,
    log: {
      write(level, message, fields) {
        if (message === "hours archived") done.resolve();
        if (level === "error") done.reject(new Error(`${message} ${JSON.stringify(fields)}`));
      },
    },
  });
  const config = { ...benchConfiguration(ANY).config, retention: { blocksMs: YEAR_MS } };
  thread.run({ name: housekeeping.name, scheduledMs: Date.now(), config });
  try {
    await done.promise;
    await sleep(CHECKPOINT_MS);
  } finally {
    await thread.end();
  }
}

function keepCommitting(store: Store): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await commitOnce(store).catch(unlessLocked);
      await sleep(COMMIT_EVERY_MS);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

/** The service tries again a second later; how long the thread was blocked is in the delay. */
function unlessLocked(error: unknown): void {
  if (!String(error).includes("database is locked")) throw error;
}

async function commitOnce(store: Store): Promise<void> {
  const snapshot = await store.readSnapshot();
  if (!snapshot) throw new Error("the database holds no history");
  const atMs = Math.max(Date.now(), snapshot.moment.atMs + 1);
  const moment = { ...snapshot.moment, atMs };
  const { generation } = snapshot;
  const health = healthBody(moment, { generation: generation + 1, nowMs: atMs, notice: null, intervalMs: 30_000 });
  const checks = [...moment.checks.values()].slice(0, CHECKS_A_SWEEP);
  await store.commitSweep({ expectedGeneration: generation, moment, ...health, checks, transitions: [], ...QUIET });
}
