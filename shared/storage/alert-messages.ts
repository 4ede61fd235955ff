/**
 * The messages about some alerts as people are told of them: on which channel, what became of it and when.
 * Called by functions/wire/alert-timelines.ts and functions/page/read-now.ts. Invariant: of a message it reads its heading only, since
 * there may be hundreds.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { AlertMessage } from "../domain/alerting/alert-timeline.ts";
import { NOTIFICATION_TYPES } from "../domain/alerting/notification.ts";
import { notifications } from "./notifications.ts";
import { listNames } from "./statements.ts";
import { readRows, wordsOf } from "./stored-rows.ts";
import type { Tell } from "./unreadable.ts";

/** Within the text of a message. */
const inPayload = sqliteTable("notifications", {
  type: text("type", { enum: wordsOf(NOTIFICATION_TYPES) }).notNull(),
});
const STORED_COLUMNS = {
  id: notifications.id,
  channel: notifications.channel,
  state: notifications.state,
  alertIds: notifications.alertIds,
  createdAtMs: notifications.createdAtMs,
  endedAtMs: notifications.endedAtMs,
  failure: notifications.failure,
  receipt: notifications.receipt,
};

// Messages are kept for a month, so few that it needs no index.
const ABOUT = `select ${listNames(STORED_COLUMNS)}, iif(json_valid(payload), payload ->> '$.type', null) as type
  from (select *, iif(json_valid(alert_ids), alert_ids, '[]') as ids from notifications
    where seq > (select max(seq) from notifications) - ?)
  where exists (select 1 from json_each(ids) where value in (select value from json_each(?)))
  order by seq`;

/** In the order in which they were decided. @param newest so many of all messages are looked through; default: all */
export async function listAlertMessages(
  { db, tell }: { readonly db: D1Database; readonly tell: Tell },
  alertIds: readonly string[],
  newest: number = Number.MAX_SAFE_INTEGER,
): Promise<AlertMessage[]> {
  if (alertIds.length === 0) return [];
  const columns = { ...STORED_COLUMNS, type: inPayload.type };
  const otherwise = { alertIds: [], endedAtMs: null, failure: null, receipt: null };
  return readRows(db.prepare(ABOUT).bind(newest, JSON.stringify(alertIds)), columns, {
    key: notifications.id,
    tell,
    otherwise,
  });
}
