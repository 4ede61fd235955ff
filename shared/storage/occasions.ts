/**
 * When something last happened: one row an occasion. The table and its queries, as the port Occasions says.
 * Knows nothing of what the occasions mean.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Occasion, Occasions } from "../ports/occasions.ts";

export const occasions = sqliteTable("occasions", {
  name: text("name").$type<Occasion>().primaryKey(),
  atMs: integer("at_ms").notNull(),
});

/** The whole database must have been migrated. Holds nothing. */
export function createOccasions(d1: D1Database): Occasions {
  const db = drizzle(d1);
  return {
    async last(occasion) {
      const [[row]] = await db.batch([db.select().from(occasions).where(eq(occasions.name, occasion))]);
      return row?.atMs ?? null;
    },

    async note(name, atMs) {
      const latest = sql`max(${occasions.atMs}, excluded.at_ms)`;
      const noted = db.insert(occasions).values({ name, atMs });
      await db.batch([noted.onConflictDoUpdate({ target: occasions.name, set: { atMs: latest } })]);
    },
  };
}
