/**
 * What has been written down about alerts and about what people did, newest first.
 * Endpoints call it, `shared/storage` implements it; the rows themselves are made by the sweep's commit.
 * Invariant: reading changes nothing. All methods reject with the database's error when the database fails.
 */
import type { Severity } from "../domain/alerting/alert.ts";
import type { AlertRecord } from "../domain/alerting/alerting-state.ts";
import type { AuditEntry } from "../domain/access/audit.ts";

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

export interface AuditPosition {
  /** Grows with every entry, ≥ 1. */
  readonly seq: number;
}

export interface AlertLog {
  /** Alerts that fired, the newest first; those of one instant by id, descending. */
  listAlerts(query: AlertQuery): Promise<AlertRecord[]>;

  /** The audit trail, the newest first: entries before the position `beforeSeq`, 1–1000 of them. */
  listAudit(beforeSeq: number, limit: number): Promise<(AuditEntry & AuditPosition)[]>;
}
