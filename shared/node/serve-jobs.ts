/**
 * What runs in the thread beside the one that probes: jobs, on a database connection of their own. job-thread.ts is its owner.
 * Invariant: what it writes leaves the other connection its gaps.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { D1Database } from "@cloudflare/workers-types";
import type { Clock } from "../ports/clock.ts";
import type { JobOrder } from "../ports/job-thread.ts";
import type { Log } from "../ports/log.ts";
import type { Turns } from "../ports/turns.ts";
import { moveLog, pagesLeft, type CheckpointMode } from "./checkpoint.ts";
import { watchLog } from "./cut-log.ts";
import { watchDamage } from "./damaged-database.ts";
import { belongsTogether, countUp } from "./database-mark.ts";
import { openDatabase } from "./database.ts";
import { borrowFiles } from "./held-files.ts";
import type { JobReport, JobThreadData } from "./job-thread.ts";
import { createRests } from "./rests.ts";
import { sqliteAsD1 } from "./sqlite-d1.ts";
import { systemClock } from "./system-clock.ts";

/**
 * A commit of ours is on the disk with the next one of the probing thread or the next checkpoint. Waiting for the disk with the
 * lock held kept one of a hundred of its commits waiting for 48 ms on a busy disk, now 23 (Nov 2026). What a power cut takes is the end of
 * the log, and every step of housekeeping may be repeated.
 */
const DURABILITY = "NORMAL";

/** 2 MB of WAL: a checkpoint of more would keep the disk from the commits, and so would one of each few small writes. */
const PAGES_PER_CHECKPOINT = 500;

export interface JobSurroundings {
  readonly db: D1Database;
  readonly clock: Clock;
  readonly log: Log;
  /** See the port Turns. */
  readonly pause: Turns["pause"];
  /** See moveLog; what goes wrong is told in the log. */
  checkpoint(mode: CheckpointMode): void;
}

/** Runs every order that comes, by what `createRunner` makes of the thread's own connection. */
export function serveJobs(createRunner: (surroundings: JobSurroundings) => (order: JobOrder) => Promise<void>): void {
  const { databasePath, files }: JobThreadData = workerData;
  borrowFiles(files);
  const sqlite = openDatabase(databasePath);
  sqlite.pragma(`synchronous = ${DURABILITY}`);
  const report = (message: JobReport): void => parentPort?.postMessage(message);
  const log: Log = { write: (level, message, fields = {}) => report({ kind: "log", level, message, fields }) };
  const ownLog = watchLog(databasePath);
  const checkpoint: JobSurroundings["checkpoint"] = (mode) => {
    try {
      // Not into what somebody has written over the file.
      if (!belongsTogether(sqlite, databasePath)) return;
      // Nor what is no page any more.
      if (ownLog.isCut()) return;
      moveLog(sqlite, mode);
      countUp(sqlite, databasePath);
    } catch (error) {
      log.write("warn", "checkpoint failed", { error: String(error) });
    }
  };

  const rests = createRests({ nowMs: () => performance.now(), sleep });
  const afterWrite = async (): Promise<void> => {
    if (pagesLeft(sqlite) >= PAGES_PER_CHECKPOINT) checkpoint("passive");
    await rests.afterWrite();
  };
  const db = sqliteAsD1(sqlite, watchDamage(databasePath, log).onError, afterWrite);
  const run = createRunner({ db, clock: systemClock, log, pause: rests.pause, checkpoint });

  const obey = async (order: JobOrder): Promise<void> => {
    rests.begin();
    try {
      await run(order);
    } catch (error) {
      log.write("error", "job failed", { job: order.name, error: String(error) });
    }
    report({ kind: "done", job: order.name });
  };
  parentPort?.on("message", (order: JobOrder) => void obey(order));
}
