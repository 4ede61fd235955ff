/**
 * Where the API reads the last commit: from the database, or from a cache of the runtime in front of it.
 * Invariant: never older than the newest commit of this process or, as far as it can be seen, of another one.
 */
import type { Snapshot } from "./store.ts";

export interface SnapshotSource {
  /** The last commit; null before the first one. Rejects when the database fails and nothing is cached. */
  read(): Promise<Snapshot | null>;
}
