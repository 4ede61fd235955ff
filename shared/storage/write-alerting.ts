/**
 * The part of a sweep's commit that is about alerts: their rows, the outbox and the audit trail.
 * Called by write-sweep.ts within its batch. Nothing to write is no statement, so an uneventful sweep pays nothing.
 * Invariant: repeating it changes nothing: rows are found again by their own ids.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { AlertRecord } from "../domain/alerting/alerting-state.ts";
import type { Outgoing } from "../domain/alerting/grouping.ts";
import type { SweepCommit } from "../ports/store.ts";

/** Column and key of the record, in one order for both halves of the statement. */
const COLUMNS = {
  fired_at_ms: "firedAtMs",
  id: "id",
  subject: "subject",
  name: "name",
  severity: "severity",
  state: "state",
  status: "status",
  reason: "reason",
  message: "message",
  since_ms: "sinceMs",
  ended_at_ms: "endedAtMs",
  end_reason: "endReason",
  is_flapping: "isFlapping",
  level: "level",
  notified_channels: "notifiedChannels",
  decision: "decision",
  acknowledged_by: "acknowledgedBy",
  action_taken: "actionTaken",
} as const satisfies Record<string, keyof AlertRecord>;

const PUT_ALERTS = `insert or replace into alerts (${Object.keys(COLUMNS).join(", ")})
  select ${Object.values(COLUMNS)
    .map((key) => `json_extract(value, '$.${key}')`)
    .join(", ")}
  from json_each(?)`;

const PUT_NOTIFICATION = `insert or ignore into notifications
  (id, channel, state, alert_ids, payload, created_at_ms, due_ms) values (?1, ?2, 'pending', ?3, ?4, ?5, ?5)`;

const PUT_AUDIT = `insert into audit (at_ms, actor, action, target, detail)
  select json_extract(value, '$.atMs'), json_extract(value, '$.actor'), json_extract(value, '$.action'),
    json_extract(value, '$.target'), json_extract(value, '$.detail')
  from json_each(?)`;

export function alertingStatements(
  db: D1Database,
  { alertRecords, outgoing, audit }: Pick<SweepCommit, "alertRecords" | "outgoing" | "audit">,
): D1PreparedStatement[] {
  return [
    ...(alertRecords.length > 0 ? [db.prepare(PUT_ALERTS).bind(JSON.stringify(alertRecords))] : []),
    ...outgoing.map((each) => putNotification(db, each)),
    ...(audit.length > 0 ? [db.prepare(PUT_AUDIT).bind(JSON.stringify(audit))] : []),
  ];
}

/**
 * Each in a statement of its own: a bound value has at most 2 MB.
 * @param createdAtMs since when it waits, epoch ms: when it was decided, unless it waited elsewhere before
 */
export function putNotification(
  db: D1Database,
  { channel, notification }: Outgoing,
  createdAtMs: number = notification.atMs,
): D1PreparedStatement {
  const alertIds = JSON.stringify(notification.alerts.map(({ id }) => id));
  return db
    .prepare(PUT_NOTIFICATION)
    .bind(notification.id, channel, alertIds, JSON.stringify(notification), createdAtMs);
}
