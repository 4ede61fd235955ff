/**
 * The table of the outbox: one row a message and channel. outbox.ts and related-messages.ts have its queries, write-sweep.ts adds rows.
 * Invariant: a row is stored with what it is about, before anything is sent.
 */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { DELIVERY_FAILURES } from "../ports/notifier.ts";
import { checkNotification } from "./checked-notification.ts";
import { checkNames } from "./checked-value.ts";
import { jsonColumn } from "./json-column.ts";
import { wordsOf } from "./stored-rows.ts";

export const notifications = sqliteTable(
  "notifications",
  {
    /** The order of sending. */
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    id: text("id").notNull(),
    channel: text("channel").notNull(),
    state: text("state", { enum: ["pending", "sent", "failed"] }).notNull(),
    /** The alerts that it tells of. */
    alertIds: jsonColumn("alert_ids", checkNames).notNull(),
    payload: jsonColumn("payload", checkNotification).notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    attempts: integer("attempts").notNull().default(0),
    /** Of the attempts that failed: how many may have arrived all the same. */
    arrivals: integer("arrivals").notNull().default(0),
    /** Not to be tried before. */
    dueMs: integer("due_ms").notNull(),
    /** The settings of the channel for which that holds, or for which it ended. */
    fingerprint: text("fingerprint"),
    /** Somebody is sending it; until then nobody else does. */
    claimedUntilMs: integer("claimed_until_ms").notNull().default(0),
    /** When another channel is told if it still waits; null: never, or that has been done. */
    elsewhereAtMs: integer("elsewhere_at_ms"),
    endedAtMs: integer("ended_at_ms"),
    failure: text("failure", { enum: wordsOf(DELIVERY_FAILURES) }),
    receipt: text("receipt"),
  },
  (table) => [
    uniqueIndex("notifications_by_id").on(table.id),
    index("notifications_pending")
      .on(table.seq)
      .where(sql`state = 'pending'`),
  ],
);
