/**
 * How much of a WAL still has to be moved into its database file.
 * The host asks every few seconds. Changes nothing, takes no lock.
 */
import type { Database } from "better-sqlite3";

interface WalState {
  readonly busy: number;
  /** Pages in the WAL; −1 without one. */
  readonly log: number;
  readonly checkpointed: number;
}

/** @returns a function that gives the number of pages; 0 when that cannot be told: a broken file is told by its commits */
export function walPagesOf(sqlite: Database): () => number {
  const read = sqlite.prepare<[], WalState>("pragma wal_checkpoint(NOOP)"); // SQLite 3.51
  return () => {
    try {
      const { log = 0, checkpointed = 0 } = read.get() ?? {};
      return log - checkpointed;
    } catch {
      return 0;
    }
  };
}
