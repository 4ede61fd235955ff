/**
 * Reading the rows of alerts and of the audit trail, over the D1 interface.
 * Hosts hand it their database; `write-alerting.ts` makes the rows.
 * Invariant: a page reads as many rows as it shows, and those that its filters leave out.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { AlertRecord } from "../domain/alerting/alerting-state.ts";
import type { AuditEntry } from "../domain/access/audit.ts";
import type { AlertLog, AlertQuery } from "../ports/alert-log.ts";
import { parsedOr } from "./outbox-lookups.ts";

interface AlertRow {
  readonly id: string;
  readonly subject: string;
  readonly name: string;
  readonly severity: AlertRecord["severity"];
  readonly state: AlertRecord["state"];
  readonly status: AlertRecord["status"];
  readonly reason: AlertRecord["reason"];
  readonly message: string | null;
  readonly since_ms: number;
  readonly fired_at_ms: number;
  readonly ended_at_ms: number | null;
  readonly end_reason: AlertRecord["endReason"];
  readonly is_flapping: number;
  readonly level: number;
  readonly notified_channels: string;
  readonly decision: AlertRecord["decision"];
  readonly acknowledged_by: string | null;
  readonly action_taken: string | null;
}

interface AuditRow {
  readonly seq: number;
  readonly at_ms: number;
  readonly actor: string;
  readonly action: AuditEntry["action"];
  readonly target: string;
  readonly detail: string;
}

// A null parameter switches its filter off.
const LIST_ALERTS = `select * from alerts
  where fired_at_ms >= ?1 and fired_at_ms < ?2
    and (?3 is null or (fired_at_ms, id) < (?3, ?4))
    and (?5 is null or subject = ?5 or subject = ?5 || '#certificate')
    and (?6 is null or severity = ?6)
    and (?7 is null or (ended_at_ms is null) = ?7)
  order by fired_at_ms desc, id desc limit ?8`;

const LIST_AUDIT = "select * from audit where seq < ?1 order by seq desc limit ?2";

/** The whole database must have been migrated. Holds nothing. */
export function createAlertLog(db: D1Database): AlertLog {
  return {
    async listAlerts(query) {
      const { results } = await db
        .prepare(LIST_ALERTS)
        .bind(...alertBindings(query))
        .all<AlertRow>();
      return results.map(alertOf);
    },

    async listAudit(beforeSeq, limit) {
      const { results } = await db.prepare(LIST_AUDIT).bind(beforeSeq, limit).all<AuditRow>();
      return results.map(({ seq, at_ms: atMs, actor, action, target, detail }) => {
        return { seq, atMs, actor, action, target, detail: parsedOr<AuditEntry["detail"]>(detail, {}) };
      });
    },
  };
}

function alertBindings({ sinceMs, untilMs, after, service, severity, isOpen, limit }: AlertQuery): unknown[] {
  const isOpenFlag = isOpen === null ? null : Number(isOpen);
  return [sinceMs, untilMs, after?.firedAtMs ?? null, after?.id ?? null, service, severity, isOpenFlag, limit];
}

function alertOf(row: AlertRow): AlertRecord {
  return {
    id: row.id,
    subject: row.subject,
    name: row.name,
    severity: row.severity,
    state: row.state,
    status: row.status,
    reason: row.reason,
    message: row.message,
    sinceMs: row.since_ms,
    firedAtMs: row.fired_at_ms,
    endedAtMs: row.ended_at_ms,
    endReason: row.end_reason,
    isFlapping: row.is_flapping === 1,
    level: row.level,
    notifiedChannels: parsedOr<string[]>(row.notified_channels, []),
    decision: row.decision,
    acknowledgedBy: row.acknowledged_by,
    actionTaken: row.action_taken,
  };
}
