/**
 * One row a channel that was ever used: whether it works. The table and its queries.
 * Called by outbox.ts. Invariant: a result that could be written down only later does not hide what was found since.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ChannelState } from "../ports/outbox.ts";
import { prepared } from "./statements.ts";

export const channels = sqliteTable("channels", {
  name: text("name").primaryKey(),
  /** Failed attempts since the last message that was accepted. */
  failures: integer("failures").notNull(),
  /** True (1) when trying again cannot help: somebody has to look at it. */
  isBroken: integer("is_broken", { mode: "boolean" }).notNull(),
  failure: text("failure").$type<ChannelState["failure"]>(),
  message: text("message"),
  /** Nothing is sent there before. */
  notBeforeMs: integer("not_before_ms").notNull(),
  sentAtMs: integer("sent_at_ms"),
  failedAtMs: integer("failed_at_ms"),
});

const IS_LATER = sql`max(coalesce(${channels.sentAtMs}, 0), coalesce(${channels.failedAtMs}, 0))
  <= max(coalesce(excluded.sent_at_ms, 0), coalesce(excluded.failed_at_ms, 0))`;

export async function listChannels(d1: D1Database): Promise<ChannelState[]> {
  const db = drizzle(d1);
  const [rows] = await db.batch([db.select().from(channels).orderBy(channels.name)]);
  return rows;
}

export function putChannel(d1: D1Database, state: ChannelState): D1PreparedStatement {
  const conflict = { target: channels.name, set: state, setWhere: IS_LATER };
  return prepared(d1, drizzle(d1).insert(channels).values(state).onConflictDoUpdate(conflict));
}
