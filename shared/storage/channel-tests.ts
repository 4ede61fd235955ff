/**
 * The last test of each channel: when it began, who asked, and what became of it. The table and its queries.
 * Called by functions/endpoints/channels.ts. Knows no channel. Invariant: a test that ends later than another one has begun changes
 * nothing of that one.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { getTableColumns } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { DELIVERY_FAILURES } from "../ports/notifier.ts";
import { listNames } from "./statements.ts";
import { readRows, wordsOf } from "./stored-rows.ts";
import type { Tell } from "./unreadable.ts";

export const channelTests = sqliteTable("channel_tests", {
  channel: text("channel").primaryKey(),
  startedAtMs: integer("started_at_ms").notNull(),
  /** The name of the token. */
  actor: text("actor").notNull(),
  /** Null: it is under way, or the service ended before it. */
  endedAtMs: integer("ended_at_ms"),
  outcome: text("outcome", { enum: ["accepted", "deferred", "refused"] }),
  reason: text("reason", { enum: wordsOf(DELIVERY_FAILURES) }),
  message: text("message"),
  /** What the receiver called it. */
  receipt: text("receipt"),
});

const COLUMNS = getTableColumns(channelTests);

export type ChannelTest = typeof channelTests.$inferSelect;

const BEGIN = `insert or replace into channel_tests (channel, started_at_ms, actor) values (?1, ?2, ?3)`;
const END = `update channel_tests set ended_at_ms = ?3, outcome = ?4, reason = ?5, message = ?6, receipt = ?7
  where channel = ?1 and started_at_ms = ?2`;

export async function noteTestBegun(
  db: D1Database,
  { channel, startedAtMs, actor }: Pick<ChannelTest, "channel" | "startedAtMs" | "actor">,
): Promise<void> {
  await db.prepare(BEGIN).bind(channel, startedAtMs, actor).run();
}

export async function noteTestEnded(db: D1Database, test: Omit<ChannelTest, "actor">): Promise<void> {
  const { channel, startedAtMs, endedAtMs, outcome, reason, message, receipt } = test;
  await db.prepare(END).bind(channel, startedAtMs, endedAtMs, outcome, reason, message, receipt).run();
}

/** Of every channel that was ever tested. */
export async function listChannelTests({
  db,
  tell,
}: {
  readonly db: D1Database;
  readonly tell: Tell;
}): Promise<ChannelTest[]> {
  const otherwise = { endedAtMs: null, outcome: null, reason: null, message: null, receipt: null };
  const statement = db.prepare(`select ${listNames(COLUMNS)} from channel_tests`);
  return readRows(statement, COLUMNS, { key: channelTests.channel, tell, otherwise });
}
