/**
 * What each channel's receiver called the last message that it took. Called by functions/endpoints/channels.ts.
 * Invariant: of a message it reads no text, since there may be hundreds.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { channelOf } from "../domain/alerting/recipient.ts";
import { notifications } from "./notifications.ts";
import { listNames } from "./statements.ts";
import { readRows } from "./stored-rows.ts";
import type { Tell } from "./unreadable.ts";

const COLUMNS = { channel: notifications.channel, receipt: notifications.receipt, endedAtMs: notifications.endedAtMs };

// Of each name in the outbox the one that ended last. Messages are kept for a month, so few that it needs no index.
const LAST = `select ${listNames(COLUMNS)} from (
    select *, row_number() over (partition by channel order by ended_at_ms desc) as place
    from notifications where state = 'sent' and receipt is not null)
  where place = 1 order by ended_at_ms`;

/** By the name of the channel; those whose receivers say nothing are left out. */
export async function listReceipts({
  db,
  tell,
}: {
  readonly db: D1Database;
  readonly tell: Tell;
}): Promise<ReadonlyMap<string, string>> {
  const options = { key: notifications.channel, tell, otherwise: { endedAtMs: null } };
  const rows = await readRows(db.prepare(LAST), COLUMNS, options);
  return new Map(rows.flatMap(({ channel, receipt }) => (receipt === null ? [] : [[channelOf(channel), receipt]])));
}
