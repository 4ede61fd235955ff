/**
 * What every reader of the store needs beside its query. Made by d1-store.ts, passed down.
 * Invariant: a stored value that cannot be read is told once and left out; errors of the database itself pass through.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { UnreadableValue } from "../ports/store.ts";
import { createRosterTable, type RosterTable } from "./roster-table.ts";

export interface StoreOptions {
  /** Awaited before each piece of a long read; see the port Turns. Default: reads go on without a pause. */
  readonly pause?: () => Promise<void>;
  /** Told once of each value that cannot be read. Default: nobody is. */
  readonly onUnreadable?: (value: UnreadableValue) => void;
}

export interface StoreContext {
  readonly db: D1Database;
  readonly rosters: RosterTable;
  pause(): Promise<void>;
  /** The result of `decode`, or null after logging when it throws or rejects. `decode` must not touch the database. */
  readable<Value>(place: Omit<UnreadableValue, "error">, decode: () => Value | Promise<Value>): Promise<Value | null>;
}

export function createStoreContext(db: D1Database, options: StoreOptions = {}): StoreContext {
  const { pause = async () => {}, onUnreadable = () => {} } = options;
  const reported = new Set<string>();
  const tell = (place: Omit<UnreadableValue, "error">, error: unknown): void => {
    const key = `${place.table} ${place.key}`;
    if (reported.has(key)) return;
    reported.add(key);
    onUnreadable({ ...place, error: error instanceof Error ? error.message : String(error) });
  };
  return {
    db,
    rosters: createRosterTable(db, tell),
    pause,
    async readable(place, decode) {
      try {
        return await decode();
      } catch (error) {
        tell(place, error);
        return null;
      }
    },
  };
}
