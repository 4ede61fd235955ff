/**
 * Who looked after alerts, when and for how long, as the audit trail has it: an alert itself knows only who does so now.
 * Invariant: an acknowledgement that cannot be read, or that the trail has forgotten, is none.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { AuditEntry } from "../domain/access/audit.ts";
import type { AlertAcknowledgement } from "../domain/alerting/alert-timeline.ts";
import { audit } from "./alert-log.ts";
import { isInstant } from "./checked-value.ts";
import { listNames } from "./statements.ts";
import { readRows } from "./stored-rows.ts";
import type { Tell } from "./unreadable.ts";

interface Reading {
  readonly db: D1Database;
  readonly tell: Tell;
}

const COLUMNS = { seq: audit.seq, atMs: audit.atMs, actor: audit.actor, target: audit.target, detail: audit.detail };

// The action stands in it, so that SQLite uses the index of acknowledgements.
const LIST = `select ${listNames(COLUMNS)} from audit
  where action = 'alert.acknowledged' and target in (select value from json_each(?)) order by seq`;

/** All of these alerts, oldest first. */
export async function listAcknowledgements(
  { db, tell }: Reading,
  alertIds: readonly string[],
): Promise<AlertAcknowledgement[]> {
  if (alertIds.length === 0) return [];
  const options = { key: audit.seq, tell, otherwise: { detail: {} } };
  const rows = await readRows(db.prepare(LIST).bind(JSON.stringify(alertIds)), COLUMNS, options);
  return rows.map(({ target: alertId, atMs, actor: by, detail }) => ({ alertId, atMs, by, ...readDetail(detail) }));
}

function readDetail({ comment = null, until_ms: untilMs = null }: AuditEntry["detail"]) {
  return {
    comment: typeof comment === "string" ? comment : null,
    untilMs: isInstant(untilMs) ? untilMs : null,
  };
}

/** The first one of each alert, by the alert's id; those without are left out. */
export async function readAcknowledgements(
  reading: Reading,
  alertIds: readonly string[],
): Promise<Map<string, AlertAcknowledgement>> {
  const all = await listAcknowledgements(reading, alertIds);
  return new Map(all.toReversed().map((each) => [each.alertId, each]));
}
