/**
 * What a row of the page says of a service, made of the last commit. Pure. Used by now-model.ts.
 * Invariant: what was not measured is null.
 */
import { isAnswer } from "../../shared/domain/history/rollup.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { ServicePast } from "./pasts.ts";
import { shorten } from "./shorten.ts";
import { urgency } from "./status-words.ts";

export interface ServiceRow {
  readonly id: string;
  readonly name: string;
  readonly critical: boolean;
  /** With which others it is shown where there are many; null: it is on no machine that has a name. */
  readonly group: string | null;
  readonly status: CheckStatus;
  readonly message: string | null;
  readonly sinceMs: number | null;
  readonly response: ResponseTime | null;
  /** Null: it was not looked up, or nothing has been committed yet. */
  readonly past: ServicePast | null;
}

/** `limit`: nothing had come after so long. */
export interface ResponseTime {
  readonly ms: number;
  readonly isLimit: boolean;
}

/** As it is configured. */
export type ListedService = Pick<ServiceRow, "id" | "name" | "critical" | "group">;

interface Known {
  readonly snapshot: Snapshot | null;
  readonly board: StatusBoard;
}

/** Without its past. */
export function serviceRow({ id, name, critical, group }: ListedService, { board, snapshot }: Known): ServiceRow {
  const { status, message, sinceMs } = board.services.get(id) ?? { status: "unknown", message: null, sinceMs: null };
  const responseMs = snapshot?.moment.checks.get(id)?.responseTimeMs;
  return {
    id,
    name: shorten(name),
    critical,
    group: group && shorten(group),
    status,
    message: message === null ? null : shorten(message),
    sinceMs,
    response: responseMs === undefined ? null : responseTime(status, responseMs),
    past: null,
  };
}

function responseTime(status: CheckStatus, ms: number): ResponseTime | null {
  if (status === "timeout") return { ms, isLimit: true };
  return isAnswer(status) ? { ms, isLimit: false } : null;
}

/** What needs a look first, critical services before others, else as they are given. */
export function sortRows(rows: readonly ServiceRow[]): readonly ServiceRow[] {
  return rows.toSorted((left, right) => urgency(left.status) - urgency(right.status) || rank(left) - rank(right));
}

const rank = ({ critical }: ServiceRow): number => (critical ? 0 : 1);
