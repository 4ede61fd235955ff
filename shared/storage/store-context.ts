/**
 * What every reader of the store needs beside its query. Made by d1-store.ts, passed down.
 * Invariant: a stored value that cannot be read is told once and left out; errors of the database itself pass through.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { createRosterTable, type RosterTable } from "./roster-table.ts";
import { tellOnce, type OnUnreadable, type Place, type Tell } from "./unreadable.ts";

export interface StoreOptions {
  /** Awaited before each piece of a long read; see the port Turns. Default: reads go on without a pause. */
  readonly pause?: () => Promise<void>;
  /** Told once of each value that cannot be read. Default: nobody is. */
  readonly onUnreadable?: OnUnreadable;
}

export interface StoreContext {
  readonly db: D1Database;
  readonly rosters: RosterTable;
  pause(): Promise<void>;
  readonly tell: Tell;
  /** The result of `decode`, or null after logging when it throws or rejects. `decode` must not touch the database. */
  readable<Value>(place: Place, decode: () => Value | Promise<Value>): Promise<Value | null>;
  /** The same at once, for many small rows: a promise or a closure for each would take longer than reading it. */
  readableNow<Row, Value>(row: Row, placeOf: (row: Row) => Place, decode: (row: Row) => Value): Value | null;
}

export function createStoreContext(db: D1Database, options: StoreOptions = {}): StoreContext {
  const { pause = async () => {}, onUnreadable } = options;
  const tell = tellOnce(onUnreadable);
  return {
    db,
    rosters: createRosterTable(db, tell),
    pause,
    tell,
    readableNow(row, placeOf, decode) {
      try {
        return decode(row);
      } catch (error) {
        tell(placeOf(row), error);
        return null;
      }
    },
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
