/**
 * What the Node host and its housekeeping thread say to each other.
 * Invariant: everything is plain data that structured cloning keeps.
 */
import type { LogLevel } from "../../shared/ports/log.ts";

/** Given to the thread when it starts. */
export interface HousekeepingData {
  readonly databasePath: string;
}

/** From the host: run the job of this cron event now, or move the WAL into the database. */
export type HousekeepingJob =
  | { readonly kind: "cron"; readonly cron: string; readonly scheduledTime: number; readonly retentionMs: number }
  | { readonly kind: "checkpoint" };

/** From the thread: a log line, or the end of a job. */
export type HousekeepingReport =
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Record<string, unknown>;
    }
  | { readonly kind: "done"; readonly job: HousekeepingJob["kind"] };
