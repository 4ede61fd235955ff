/**
 * The thread that does the heavy work beside the probes: cron jobs, by the same bundle on a database connection of its own,
 * and checkpoints, which only the Node host needs. Started and ended by housekeeping-worker.ts.
 * Invariant: nothing here ever runs on the thread that probes and answers.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { DamageWatch } from "../../shared/node/damaged-database.ts";
import { openDatabase } from "../../shared/node/database.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import type { Log } from "../../shared/ports/log.ts";
import bundle from "../bundle.ts";
import type { HousekeepingData, HousekeepingJob, HousekeepingReport } from "./housekeeping-message.ts";

/**
 * A commit that finds the database locked looks again after 1, 2, 5, 10, 15 and 20 ms (SQLite's busy handler), blocking the
 * main thread. Were the lock free for less than such a step between two of our writes, it could miss every gap.
 */
const GAP_MS = 20;

/** So many writes of housekeeping are a few MB of WAL; a checkpoint of more would keep the disk from the commits. */
const WRITES_PER_CHECKPOINT = 8;

const { databasePath }: HousekeepingData = workerData;
const sqlite = openDatabase(databasePath);

const report = (message: HousekeepingReport): void => parentPort?.postMessage(message);
const log: Log = { write: (level, message, fields = {}) => report({ kind: "log", level, message, fields }) };
const DB = sqliteAsD1(sqlite, new DamageWatch(databasePath, log).onError, makeRoom);

let writes = 0;

async function makeRoom(): Promise<void> {
  writes += 1;
  if (writes % WRITES_PER_CHECKPOINT === 0) checkpoint();
  await sleep(GAP_MS);
}

async function runCron({ cron, scheduledTime, retentionMs }: HousekeepingJob & { kind: "cron" }): Promise<void> {
  try {
    await bundle.scheduled(
      { cron, scheduledTime },
      { DB, HOST: { log, sweeper: null, retentionMs: () => retentionMs } },
    );
    sqlite.pragma("wal_checkpoint(TRUNCATE)");
  } catch (error) {
    log.write("error", "housekeeping failed", { cron, error: String(error) });
  }
}

function checkpoint(): void {
  try {
    sqlite.pragma("wal_checkpoint(PASSIVE)");
  } catch (error) {
    log.write("warn", "checkpoint failed", { error: String(error) });
  }
}

async function obey(job: HousekeepingJob): Promise<void> {
  if (job.kind === "cron") await runCron(job);
  else checkpoint();
  report({ kind: "done", job: job.kind });
}

parentPort?.on("message", (job: HousekeepingJob) => void obey(job));
