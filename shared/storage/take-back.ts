/**
 * The tables, when the clock that they were written by was ahead by weeks: in the commit that goes on from the present, the boundaries
 * of the tiers and whatever somebody waits for come back to now. Sweeps, samples and alerts that are over stay where they are; readers
 * end at the newest commit (tiers.ts).
 * Called by write-sweep.ts. Invariant: an open alert's row has the times that alerting remembers of it (alerting/take-back.ts).
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { HOUR_MS } from "../domain/history/hour-block.ts";
import type { TakenBack } from "../domain/monitoring/clock-lead.ts";

const OPEN_ALERTS = `update or replace alerts set fired_at_ms = fired_at_ms - ?2,
    since_ms = case when since_ms > ?1 then since_ms - ?2 else since_ms end
  where fired_at_ms > ?1 and ended_at_ms is null`;

/** What was to wait, or to have happened, later than now. A minimum with null is null. */
const BROUGHT_TO_NOW: readonly (readonly [table: string, columns: readonly string[]])[] = [
  ["notifications", ["created_at_ms", "due_ms", "claimed_until_ms", "elsewhere_at_ms", "ended_at_ms"]],
  ["channels", ["not_before_ms", "sent_at_ms", "failed_at_ms"]],
  ["occasions", ["at_ms"]],
];

/** The hour that was under way, if it has been archived meanwhile, is archived once more, with what comes now. */
const TIERS = `update tiers set
    archived_until_ms = (select coalesce(max(hour_ms) + ${HOUR_MS}, 0) from hour_sweeps where hour_ms + ${HOUR_MS} <= ?1),
    sampled_until_ms = (select coalesce(max(from_ms), 0) from recent_samples where from_ms <= ?1)
  where id = 1`;

export function takeBackTables(db: D1Database, { nowMs, leadMs }: TakenBack): D1PreparedStatement[] {
  const broughtToNow = BROUGHT_TO_NOW.map(([table, columns]) => {
    const set = columns.map((column) => `${column} = min(${column}, ?1)`).join(", ");
    const isAhead = columns.map((column) => `${column} > ?1`).join(" or ");
    return db.prepare(`update ${table} set ${set} where ${isAhead}`).bind(nowMs);
  });
  return [db.prepare(OPEN_ALERTS).bind(nowMs, leadMs), db.prepare(TIERS).bind(nowMs), ...broughtToNow];
}
