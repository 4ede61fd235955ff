/**
 * The messages about some alerts, or made of another one: who was told, with which settings, and what has become of it.
 * Called by outbox.ts. Invariant: of a message it reads what it needs only, since there may be hundreds, and large ones.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { NOTIFICATION_TYPES } from "../domain/alerting/notification.ts";
import type { RelatedMessage } from "../domain/alerting/same-message.ts";
import type { Outbox } from "../ports/outbox.ts";
import { checkNames } from "./checked-value.ts";
import { jsonColumn } from "./json-column.ts";
import { notifications } from "./notifications.ts";
import { listNames } from "./statements.ts";
import { readRows, wordsOf, type ReadOptions } from "./stored-rows.ts";

/** Within the text of a message. */
const inPayload = sqliteTable("notifications", {
  type: text("type", { enum: wordsOf(NOTIFICATION_TYPES) }).notNull(),
  atMs: integer("at_ms").notNull(),
  catchesUpOn: jsonColumn("catches_up_on", checkNames),
});
const STORED_COLUMNS = {
  id: notifications.id,
  channel: notifications.channel,
  state: notifications.state,
  alertIds: notifications.alertIds,
  fingerprint: notifications.fingerprint,
  failure: notifications.failure,
  elsewhereAtMs: notifications.elsewhereAtMs,
};
const RELATED_COLUMNS = {
  ...STORED_COLUMNS,
  type: inPayload.type,
  atMs: inPayload.atMs,
  catchesUpOn: inPayload.catchesUpOn,
};

// Rare, so it needs no index. Ids of what is made of a message for others begin with its own and a hyphen.
const RELATED = `select ${listNames(STORED_COLUMNS)}, text ->> '$.type' as type, text ->> '$.atMs' as at_ms,
    text ->> '$.catchesUpOn' as catches_up_on
  from (select *, iif(json_valid(payload), payload, null) as text, iif(json_valid(alert_ids), alert_ids, '[]') as ids
    from notifications)
  where (id >= ? and id < ?) or exists (select 1 from json_each(ids) where value in (select value from json_each(?)))
  order by seq`;

export async function listRelated(
  d1: D1Database,
  { id, alertIds }: Parameters<Outbox["listRelated"]>[0],
  reading: ReadOptions<object>,
): Promise<RelatedMessage[]> {
  const made = id ? [`${id}-`, `${id}.`] : ["", ""];
  const statement = d1.prepare(RELATED).bind(...made, JSON.stringify(alertIds));
  const otherwise = { alertIds: [], fingerprint: null, elsewhereAtMs: null, failure: null };
  return readRows(statement, RELATED_COLUMNS, { ...reading, otherwise });
}
