/**
 * What was sent about an alert, as people ask why they heard of it or not. Reads the outbox's table (outbox.ts); knows no endpoint.
 * Invariant: nothing of a receiver's address or of a message's text is in it.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { notifications } from "./outbox.ts";
import { listNames } from "./statements.ts";
import { readRows } from "./stored-rows.ts";
import type { Tell } from "./unreadable.ts";

const COLUMNS = {
  channel: notifications.channel,
  state: notifications.state,
  createdAtMs: notifications.createdAtMs,
  endedAtMs: notifications.endedAtMs,
  failure: notifications.failure,
};

/** More would be read by nobody. */
const MOST = 20;

const ABOUT = `select id, ${listNames(COLUMNS)} from notifications
  where exists (select 1 from json_each(iif(json_valid(alert_ids), alert_ids, '[]')) where value = ?1)
  order by seq desc limit ${MOST}`;

/** The newest, newest first. Reads the whole outbox, which is 30 days: for who asks about one service. */
export async function listMessagesAbout(
  { db, tell }: { readonly db: D1Database; readonly tell: Tell },
  alertId: string,
): Promise<Message[]> {
  const statement = db.prepare(ABOUT).bind(alertId);
  return readRows(statement, COLUMNS, { key: notifications.id, tell, otherwise: { endedAtMs: null, failure: null } });
}

type Message = {
  readonly [Key in keyof typeof COLUMNS]:
    | (typeof COLUMNS)[Key]["_"]["data"]
    | ((typeof COLUMNS)[Key]["_"]["notNull"] extends true ? never : null);
};
