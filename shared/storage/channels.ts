/**
 * One row a channel that was ever used: whether it works. The table and its queries.
 * Called by outbox.ts. Invariant: a result that could be written down only later does not hide what was found since; a damaged row is
 * that of a channel that nobody has used, until its next result replaces it.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { getTableColumns, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { integer, sqliteTable, text, type SQLiteColumn } from "drizzle-orm/sqlite-core";
import { DAY_MS, LATEST_MS } from "../domain/text/timestamp.ts";
import { DELIVERY_FAILURES } from "../ports/notifier.ts";
import type { ChannelState } from "../ports/outbox.ts";
import { prepared } from "./statements.ts";
import { readRows, wordsOf } from "./stored-rows.ts";
import type { Tell } from "./unreadable.ts";

export const channels = sqliteTable("channels", {
  name: text("name").primaryKey(),
  /** The settings for which the rest holds; empty: unknown. */
  fingerprint: text("fingerprint").notNull().default(""),
  /** Failed attempts since the last message that was accepted. */
  failures: integer("failures").notNull(),
  /** True (1) when trying again cannot help: somebody has to look at it. */
  isBroken: integer("is_broken", { mode: "boolean" }).notNull(),
  failure: text("failure", { enum: wordsOf(DELIVERY_FAILURES) }),
  message: text("message"),
  /** Nothing is sent there before. */
  notBeforeMs: integer("not_before_ms").notNull(),
  sentAtMs: integer("sent_at_ms"),
  failedAtMs: integer("failed_at_ms"),
});

/** A damaged time is none. */
const timeOf = (column: SQLiteColumn) => sql`case when ${column} between 0 and ${LATEST_MS} then ${column} else 0 end`;

const KNOWN_MS = sql`max(${timeOf(channels.sentAtMs)}, ${timeOf(channels.failedAtMs)})`;
const FOUND_MS = sql`max(coalesce(excluded.sent_at_ms, 0), coalesce(excluded.failed_at_ms, 0))`;

/** What lies a day ahead of it was found by a clock that was ahead. */
const IS_LATER = sql`not ${KNOWN_MS} between ${FOUND_MS} + 1 and ${FOUND_MS} + ${DAY_MS}`;

export function listChannels(d1: D1Database, tell: Tell): Promise<ChannelState[]> {
  const statement = prepared(d1, drizzle(d1).select().from(channels).orderBy(channels.name));
  return readRows(statement, getTableColumns(channels), { key: channels.name, tell });
}

export function putChannel(d1: D1Database, state: ChannelState): D1PreparedStatement {
  const conflict = { target: channels.name, set: state, setWhere: IS_LATER };
  return prepared(d1, drizzle(d1).insert(channels).values(state).onConflictDoUpdate(conflict));
}
