/**
 * What rows/sigkill.ts and the process that it kills say to each other: over IPC, and through two files that outlive a kill.
 * Types and names only. Invariant: a check has the same name in an answer and in the file of acknowledgements.
 */
export interface SweepOrder {
  readonly targetUrls: readonly string[];
  readonly migrationsFolder: string;
}

/** Names of all stored checks, `SERVICE EPOCH_MS`, as they were found when the file was opened; twice when stored twice. */
export type StoredChecks = readonly string[];

export const DATABASE = "bench.db";

/** One line a check. */
export const ACKNOWLEDGED = "acknowledged";
