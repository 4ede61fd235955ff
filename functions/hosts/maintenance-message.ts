/**
 * What the Node host and its maintenance thread say to each other.
 * Invariant: everything is plain data that structured cloning keeps.
 */
import type { LogLevel } from "../../shared/ports/log.ts";

/** Given to the thread when it starts. */
export interface MaintenanceData {
  readonly databasePath: string;
}

/** From the host: run the job of this cron event now. */
export interface MaintenanceJob {
  readonly cron: string;
  readonly scheduledTime: number;
  readonly retentionMs: number;
}

/** From the thread: a log line, or the end of a job. */
export type MaintenanceReport =
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Record<string, unknown>;
    }
  | { readonly kind: "done"; readonly cron: string };
