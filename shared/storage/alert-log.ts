/**
 * Alerts that fired and the audit trail: the tables, which write-sweep.ts writes, and how endpoints read them.
 * Invariant: a page reads as many rows as it shows, and those that its filters leave out.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { and, desc, eq, gte, inArray, isNotNull, isNull, lt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Severity } from "../domain/alerting/alert.ts";
import { certificateSubject, type AlertRecord } from "../domain/alerting/alerting-state.ts";
import type { AuditEntry } from "../domain/access/audit.ts";
import { jsonColumn } from "./json-column.ts";

/** One row an alert that fired; kept for ever. Its primary key is the order of the history. */
export const alerts = sqliteTable(
  "alerts",
  {
    firedAtMs: integer("fired_at_ms").notNull(),
    id: text("id").notNull(),
    /** A service's key, `<key>#certificate`, `#isolated` or `#absent`. */
    subject: text("subject").notNull(),
    name: text("name").notNull(),
    severity: text("severity").$type<AlertRecord["severity"]>().notNull(),
    state: text("state").$type<AlertRecord["state"]>().notNull(),
    status: text("status").$type<AlertRecord["status"]>().notNull(),
    reason: text("reason").$type<AlertRecord["reason"]>(),
    message: text("message"),
    sinceMs: integer("since_ms").notNull(),
    endedAtMs: integer("ended_at_ms"),
    endReason: text("end_reason").$type<AlertRecord["endReason"]>(),
    isFlapping: integer("is_flapping", { mode: "boolean" }).notNull(),
    level: integer("level").notNull(),
    notifiedChannels: jsonColumn<readonly string[]>("notified_channels", []).notNull(),
    decision: text("decision").$type<AlertRecord["decision"]>().notNull(),
    acknowledgedBy: text("acknowledged_by"),
    actionTaken: text("action_taken"),
  },
  (table) => [primaryKey({ columns: [table.firedAtMs, table.id] })],
);

/** Who did what when; only ever appended to. */
export const audit = sqliteTable("audit", {
  seq: integer("seq").primaryKey({ autoIncrement: true }),
  atMs: integer("at_ms").notNull(),
  /** The name of the token, or `monitor` for what it does by itself. */
  actor: text("actor").notNull(),
  action: text("action").$type<AuditEntry["action"]>().notNull(),
  target: text("target").notNull(),
  detail: jsonColumn<AuditEntry["detail"]>("detail", {}).notNull(),
});

export interface AlertQuery {
  /** Only alerts that fired at or after this instant, epoch ms. */
  readonly sinceMs: number;
  /** Only alerts that fired before this instant, epoch ms. */
  readonly untilMs: number;
  /** Only alerts after this one in the order of the answer; null: from the first one on. */
  readonly after: { readonly firedAtMs: number; readonly id: string } | null;
  /** 1–1000. */
  readonly limit: number;
  /** Only alerts of this service, its certificate included; null for all. */
  readonly service: string | null;
  readonly severity: Severity | null;
  /** Only those that are open (true) or over (false); null for all. */
  readonly isOpen: boolean | null;
}

/** Alerts that fired, the newest first; those of one instant by id, descending. */
export async function listAlerts(d1: D1Database, query: AlertQuery): Promise<AlertRecord[]> {
  const db = drizzle(d1);
  const page = db.select().from(alerts).where(askedFor(query));
  const [rows] = await db.batch([page.orderBy(desc(alerts.firedAtMs), desc(alerts.id)).limit(query.limit)]);
  return rows;
}

/** The audit trail, the newest first: entries before the position `beforeSeq` (≥ 1, growing with every entry), 1–1000 of them. */
export async function listAudit(
  d1: D1Database,
  beforeSeq: number,
  limit: number,
): Promise<(AuditEntry & { readonly seq: number })[]> {
  const db = drizzle(d1);
  const page = db.select().from(audit).where(lt(audit.seq, beforeSeq));
  const [rows] = await db.batch([page.orderBy(desc(audit.seq)).limit(limit)]);
  return rows;
}

function askedFor({ sinceMs, untilMs, after, service, severity, isOpen }: AlertQuery) {
  return and(
    gte(alerts.firedAtMs, sinceMs),
    lt(alerts.firedAtMs, untilMs),
    after ? sql`(${alerts.firedAtMs}, ${alerts.id}) < (${after.firedAtMs}, ${after.id})` : undefined,
    service === null ? undefined : inArray(alerts.subject, [service, certificateSubject(service)]),
    severity === null ? undefined : eq(alerts.severity, severity),
    isOpen === null ? undefined : isOpen ? isNull(alerts.endedAtMs) : isNotNull(alerts.endedAtMs),
  );
}
