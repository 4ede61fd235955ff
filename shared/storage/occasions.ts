/**
 * When something last happened: one row an occasion. The table and its queries, as the port Occasions says.
 * SQL by hand, since a standby asks at every pass. Knows nothing of what the occasions mean.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Occasions } from "../ports/occasions.ts";

export const occasions = sqliteTable("occasions", {
  name: text("name").primaryKey(),
  atMs: integer("at_ms").notNull(),
});

const NOTE = `insert into occasions (name, at_ms) values (?1, ?2)
  on conflict (name) do update set at_ms = max(at_ms, ?2)`;

/** The whole database must have been migrated. Holds nothing. */
export function createOccasions(d1: D1Database): Occasions {
  return {
    last: (occasion) => d1.prepare("select at_ms from occasions where name = ?").bind(occasion).first("at_ms"),

    async note(occasion, atMs) {
      await d1.prepare(NOTE).bind(occasion, atMs).run();
    },
  };
}
