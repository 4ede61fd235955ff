/**
 * When the housekeeping thread has something to do on Node: cron events on the host's own timer, and a checkpoint when the WAL
 * has grown. Started by node-service.ts; what does it is housekeeping-worker.ts.
 * Invariant: events go on whatever becomes of the thread.
 */
import type { Clock } from "../../shared/ports/clock.ts";
import { CLEANUP_CRON } from "../jobs/housekeeping.ts";
import { every } from "./every.ts";
import { HousekeepingWorker, type HousekeepingWorkerOptions } from "./housekeeping-worker.ts";

export interface HousekeepingOptions extends HousekeepingWorkerOptions {
  readonly clock: Pick<Clock, "after" | "nowMs">;
  cleanupMs(): number;
  retentionMs(): number;
  /** Pages of the WAL that are not in the database file yet. */
  walPages(): number;
}

export interface Housekeeping {
  /** Whether a job is under way. */
  isBusy(): boolean;
  stop(): Promise<void>;
}

/** Moves the WAL into the database long before commits have to do it themselves on the main thread (database.ts). */
const CHECKPOINT_PAGES = 250;
const LOOK_AT_WAL_EVERY_MS = 10_000;

export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { clock } = options;
  const worker = new HousekeepingWorker(options);
  const cleanUp = (): void => {
    const retentionMs = options.retentionMs();
    worker.run({ kind: "cron", cron: CLEANUP_CRON, scheduledTime: clock.nowMs(), retentionMs });
  };
  const lookAtWal = (): void => {
    if (options.walPages() >= CHECKPOINT_PAGES) worker.run({ kind: "checkpoint" });
  };
  const timers = [every(clock, () => LOOK_AT_WAL_EVERY_MS, lookAtWal), every(clock, options.cleanupMs, cleanUp)];
  return {
    isBusy: () => worker.isBusy,
    async stop() {
      for (const stop of timers) stop();
      await worker.end();
    },
  };
}
