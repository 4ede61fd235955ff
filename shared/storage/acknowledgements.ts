/**
 * Who looked after alerts first, and when, as the audit trail has it: an alert itself knows only who does so now.
 * Invariant: an acknowledgement that cannot be read, or that the trail has forgotten, is none.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { audit } from "./alert-log.ts";
import { listNames } from "./statements.ts";
import { readRows } from "./stored-rows.ts";
import type { Tell } from "./unreadable.ts";

export interface Acknowledgement {
  /** Epoch ms. */
  readonly atMs: number;
  /** Name of the token. */
  readonly by: string;
}

const COLUMNS = { seq: audit.seq, atMs: audit.atMs, actor: audit.actor, target: audit.target };

// The action stands in it, so that SQLite uses the index of acknowledgements.
const LIST = `select ${listNames(COLUMNS)} from audit
  where action = 'alert.acknowledged' and target in (select value from json_each(?)) order by seq desc`;

/** The first one of each alert, by the alert's id; those without are left out. */
export async function readAcknowledgements(
  { db, tell }: { readonly db: D1Database; readonly tell: Tell },
  alertIds: readonly string[],
): Promise<Map<string, Acknowledgement>> {
  if (alertIds.length === 0) return new Map();
  const rows = await readRows(db.prepare(LIST).bind(JSON.stringify(alertIds)), COLUMNS, { key: audit.seq, tell });
  return new Map(rows.map(({ target, atMs, actor }) => [target, { atMs, by: actor }]));
}
