/**
 * When something last happened: one row an occasion. The table and its queries, as the port Occasions says.
 * SQL by hand, since a standby asks at every pass. Knows nothing of what the occasions mean.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { LATEST_MS } from "../domain/text/timestamp.ts";
import type { Occasions } from "../ports/occasions.ts";
import { readRows } from "./stored-rows.ts";
import { tellOnce, type OnUnreadable } from "./unreadable.ts";

export const occasions = sqliteTable("occasions", {
  name: text("name").primaryKey(),
  atMs: integer("at_ms").notNull(),
});

const LAST = "select name, at_ms from occasions where name = ?";

const NOTE = `insert into occasions (name, at_ms) values (?1, ?2)
  on conflict (name) do update set at_ms = case when at_ms between ?2 and ${LATEST_MS} then at_ms else ?2 end`;

/** The whole database must have been migrated. A damaged instant is none, until the next one replaces it. */
export function createOccasions(d1: D1Database, onUnreadable?: OnUnreadable): Occasions {
  const tell = tellOnce(onUnreadable);
  return {
    async last(occasion) {
      const { name: key, atMs } = occasions;
      const [row] = await readRows(d1.prepare(LAST).bind(occasion), { atMs }, { key, tell });
      return row?.atMs ?? null;
    },

    async note(occasion, atMs) {
      await d1.prepare(NOTE).bind(occasion, atMs).run();
    },
  };
}
