/**
 * Moves what the write-ahead log holds into the database file, beside a thread that commits.
 * Called by the job thread. Invariant: nobody who wants to write waits for the disk or for a reader because of it.
 */
import type { Database } from "better-sqlite3";

export type CheckpointMode = "passive" | "truncate";

/** What `wal_checkpoint` answers. */
interface WalState {
  /** Pages in the WAL. */
  readonly log: number;
  readonly checkpointed: number;
}

/** How many pages of the log are not in the file yet; 0 when that cannot be told: whoever writes next will be. */
export function pagesLeft(sqlite: Database): number {
  try {
    const [state] = sqlite.pragma("wal_checkpoint(NOOP)") as WalState[]; // SQLite 3.51
    return state ? state.log - state.checkpointed : 0;
  } catch {
    return 0;
  }
}

/**
 * `truncate` also empties the log, unless somebody reads or writes at this moment. SQLite's own TRUNCATE takes the lock of
 * writers first, and keeps it while the disk writes and until the last reader is gone, for as long as the busy timeout allows.
 * Throws when the disk fails.
 */
export function moveLog(sqlite: Database, mode: CheckpointMode): void {
  sqlite.pragma("wal_checkpoint(PASSIVE)");
  if (mode === "passive" || pagesLeft(sqlite) > 0) return;
  const timeoutMs = Number(sqlite.pragma("busy_timeout", { simple: true }));
  sqlite.pragma("busy_timeout = 0");
  try {
    sqlite.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    sqlite.pragma(`busy_timeout = ${timeoutMs}`);
  }
}
