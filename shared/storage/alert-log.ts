/**
 * Alerts that fired and the audit trail: the tables, which write-sweep.ts writes, and how endpoints read them.
 * Invariant: a page reads as many rows as it shows, and those that its filters leave out or that cannot be read.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { and, desc, eq, getTableColumns, gte, inArray, isNotNull, isNull, lt, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { ALERT_STATES, DECISIONS, END_REASONS, SEVERITIES, type Severity } from "../domain/alerting/alert.ts";
import { certificateSubject, type AlertRecord } from "../domain/alerting/alerting-state.ts";
import { AUDITED, type AuditEntry } from "../domain/access/audit.ts";
import { CHECK_STATUSES, REASONS } from "../domain/monitoring/check.ts";
import { checkNames } from "./checked-value.ts";
import { fillPage } from "./fill-page.ts";
import { jsonColumn } from "./json-column.ts";
import { listNames, prepared } from "./statements.ts";
import { readRow, wordsOf } from "./stored-rows.ts";
import { NEWEST } from "./tiers.ts";
import type { Tell } from "./unreadable.ts";

/** One row an alert that fired; kept for ever. Its primary key is the order of the history. */
export const alerts = sqliteTable(
  "alerts",
  {
    firedAtMs: integer("fired_at_ms").notNull(),
    id: text("id").notNull(),
    /** A service's key, `<key>#certificate`, or one of `MONITOR`. */
    subject: text("subject").notNull(),
    name: text("name").notNull(),
    severity: text("severity", { enum: SEVERITIES }).notNull(),
    state: text("state", { enum: ALERT_STATES }).notNull(),
    status: text("status", { enum: CHECK_STATUSES }).notNull(),
    reason: text("reason", { enum: wordsOf(REASONS) }),
    message: text("message"),
    sinceMs: integer("since_ms").notNull(),
    endedAtMs: integer("ended_at_ms"),
    endReason: text("end_reason", { enum: wordsOf(END_REASONS) }),
    isFlapping: integer("is_flapping", { mode: "boolean" }).notNull(),
    level: integer("level").notNull(),
    notifiedChannels: jsonColumn("notified_channels", checkNames).notNull(),
    decision: text("decision", { enum: wordsOf(DECISIONS) }).notNull(),
    acknowledgedBy: text("acknowledged_by"),
    actionTaken: text("action_taken"),
    /** Of the commit that stored it as it is; null: from before there was news.ts. */
    generation: integer("generation"),
  },
  (table) => [primaryKey({ columns: [table.firedAtMs, table.id] }), index("alerts_by_generation").on(table.generation)],
);

const { generation: _orders_news_only, ...alertColumns } = getTableColumns(alerts);

/** For a select by hand of what `readAlert` reads. */
export const ALERT_COLUMNS = listNames(alertColumns);

/** Null for a row that cannot be read. */
export function readAlert(row: Readonly<Record<string, unknown>>, tell: Tell): AlertRecord | null {
  return readRow(row, alertColumns, { key: alerts.id, tell, otherwise: { notifiedChannels: [] } });
}

/** Who did what when; appended to, and forgotten from the oldest on. */
export const audit = sqliteTable(
  "audit",
  {
    seq: integer("seq").primaryKey({ autoIncrement: true }),
    atMs: integer("at_ms").notNull(),
    /** The name of the token, or `monitor` for what it does by itself. */
    actor: text("actor").notNull(),
    action: text("action", { enum: wordsOf(AUDITED) }).notNull(),
    target: text("target").notNull(),
    detail: jsonColumn("detail", checkDetail).notNull(),
  },
  ({ target, action }) => [
    index("audit_acknowledgements")
      .on(target)
      .where(sql`${action} = 'alert.acknowledged'`),
  ],
);

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

function checkDetail(parsed: unknown): AuditEntry["detail"] {
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new Error("not a detail");
  return { ...parsed };
}

interface Reading {
  readonly db: D1Database;
  readonly tell: Tell;
}

/** Alerts that fired, the newest first; those of one instant by id, descending. */
export function listAlerts({ db: d1, tell }: Reading, query: AlertQuery): Promise<AlertRecord[]> {
  const order = [desc(alerts.firedAtMs), desc(alerts.id)];
  return fillPage(query.limit, {
    select(last, limit) {
      const after = last ? { firedAtMs: Number(last["fired_at_ms"]), id: String(last["id"]) } : query.after;
      const asked = askedFor({ ...query, after });
      return prepared(
        d1,
        drizzle(d1)
          .select(alertColumns)
          .from(alerts)
          .where(asked)
          .orderBy(...order)
          .limit(limit),
      );
    },
    read: (row) => readAlert(row, tell),
  });
}

/** The audit trail, the newest first: entries before the position `beforeSeq` (≥ 1, growing with every entry), 1–1000 of them. */
export function listAudit(
  { db: d1, tell }: Reading,
  beforeSeq: number,
  most: number,
): Promise<(AuditEntry & { readonly seq: number })[]> {
  const columns = getTableColumns(audit);
  const options = { key: audit.seq, tell, otherwise: { detail: {} } };
  return fillPage(most, {
    select(last, limit) {
      const before = lt(audit.seq, last ? Number(last["seq"]) : beforeSeq);
      return prepared(d1, drizzle(d1).select().from(audit).where(before).orderBy(desc(audit.seq)).limit(limit));
    },
    read: (row) => readRow(row, columns, options),
  });
}

/** Larger than any entry: a command has at most 50 globs of 64 bytes and a comment of 500 characters. */
const LARGEST_ENTRY_BYTES = 16_384;
/** Of an entry beside its target and detail: the other columns, and the row itself. */
const ENTRY_BYTES = 60;

/** Short write transactions: on Node the sweep's commit waits, on the main thread, for the one in progress. */
const FORGET_STEP = 500;

const FIRST_SINCE = "select seq from audit where at_ms >= ? order by seq limit 1";
const COUNT_AUDIT = "select coalesce(max(seq) - min(seq) + 1, 0) as entries from audit";
const NEWEST_BEYOND = `select seq from
  (select seq, sum(length(cast(detail as blob)) + length(target) + ?1) over (order by seq desc) as bytes from audit)
  where bytes > ?2 order by seq desc limit 1`;
const FORGET_AUDIT = "delete from audit where seq in (select seq from audit where seq < ? order by seq limit ?)";

/** Deletes entries, the oldest first, until none is from before `sinceMs` (epoch ms) and all together have at most `mostBytes`. */
export async function forgetAudit(
  d1: D1Database,
  { sinceMs, mostBytes }: { readonly sinceMs: number; readonly mostBytes: number },
): Promise<void> {
  const firstSince = await d1.prepare(FIRST_SINCE).bind(sinceMs).first<number>("seq");
  const entries = (await d1.prepare(COUNT_AUDIT).first<number>("entries")) ?? 0;
  // Adding up reads every entry, which D1 bills.
  const mayBeLarge = entries * LARGEST_ENTRY_BYTES > mostBytes;
  const beyond = mayBeLarge ? await d1.prepare(NEWEST_BEYOND).bind(ENTRY_BYTES, mostBytes).first<number>("seq") : null;
  const firstKept = Math.max(firstSince ?? Number.MAX_SAFE_INTEGER, (beyond ?? 0) + 1);
  const forget = d1.prepare(FORGET_AUDIT).bind(firstKept, FORGET_STEP);
  while ((await forget.run()).meta.changes === FORGET_STEP);
}

function askedFor({ sinceMs, untilMs, after, service, severity, isOpen }: AlertQuery) {
  return and(
    gte(alerts.firedAtMs, sinceMs),
    lt(alerts.firedAtMs, untilMs),
    lte(alerts.firedAtMs, sql.raw(NEWEST)),
    after ? sql`(${alerts.firedAtMs}, ${alerts.id}) < (${after.firedAtMs}, ${after.id})` : undefined,
    service === null ? undefined : inArray(alerts.subject, [service, certificateSubject(service)]),
    severity === null ? undefined : eq(alerts.severity, severity),
    isOpen === null ? undefined : isOpen ? isNull(alerts.endedAtMs) : isNotNull(alerts.endedAtMs),
  );
}
