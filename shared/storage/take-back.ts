/**
 * The tables, when the clock that they were written by was ahead by weeks: in the commit that goes on from the present, the boundaries
 * of the tiers and whatever somebody waits for come back to now. Sweeps, samples and alerts that it both began and
 * ended stay where they are; readers end at the newest commit (tiers.ts). Or when it had not been set (first-setting.ts).
 * Called by write-sweep.ts. Invariant: an open alert's row has the times that alerting remembers of it (alerting/take-back.ts).
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { HOUR_MS } from "../domain/history/hour-block.ts";
import type { TakenBack } from "../domain/monitoring/clock-lead.ts";
import { isForward } from "../domain/monitoring/first-setting.ts";

const OPEN_ALERTS = `update or replace alerts set fired_at_ms = fired_at_ms - ?2,
    since_ms = case when since_ms > ?1 then since_ms - ?2 else since_ms end
  where fired_at_ms > ?1 and ended_at_ms is null`;

/** It fired by the right clock, and ended by the other one. */
const ENDED_ALERTS = `update alerts set ended_at_ms = max(fired_at_ms, min(ended_at_ms - ?2, ?1))
  where fired_at_ms <= ?1 and ended_at_ms > ?1`;

/** A message is near those of other channels by when it was decided, which its text says. Damaged ones stay as they are. */
const movedText = (isMoved: string, movedMs: string): string => `payload = iif(json_valid(payload),
  iif(payload ->> '$.atMs' > ${isMoved}, json_set(payload, '$.atMs', ${movedMs}), payload), payload)`;

/** What has happened, which is as long ago as it was, and what is to wait until then, which waits no longer. */
const AHEAD: readonly {
  readonly table: string;
  readonly past: readonly string[];
  readonly waits: readonly string[];
  readonly hasText?: boolean;
}[] = [
  {
    table: "notifications",
    past: ["created_at_ms", "ended_at_ms"],
    waits: ["due_ms", "claimed_until_ms", "elsewhere_at_ms"],
    hasText: true,
  },
  { table: "channels", past: ["sent_at_ms", "failed_at_ms"], waits: ["not_before_ms"] },
  { table: "occasions", past: ["at_ms"], waits: [] },
];

/** The hour that was under way, if it has been archived meanwhile, is archived once more, with what comes now. */
const TIERS = `update tiers set
    archived_until_ms = (select coalesce(max(hour_ms) + ${HOUR_MS}, 0) from hour_sweeps where hour_ms + ${HOUR_MS} <= ?1),
    sampled_until_ms = (select coalesce(max(from_ms), 0) from recent_samples where from_ms <= ?1)
  where id = 1`;

export function takeBackTables(db: D1Database, by: TakenBack): D1PreparedStatement[] {
  const { nowMs, leadMs } = by;
  if (isForward(by)) return bringTablesForward(db, by);
  const brought = AHEAD.map(({ table, past, waits, hasText }) => {
    const columns = [...past, ...waits];
    const isAhead = columns.map((column) => `${column} > ?1`).join(" or ");
    // A minimum with null is null.
    const set = [
      ...past.map((column) => `${column} = case when ${column} > ?1 then min(${column} - ?2, ?1) else ${column} end`),
      ...waits.map((column) => `${column} = min(${column}, ?1)`),
      ...(hasText ? [movedText("?1", "min((payload ->> '$.atMs') - ?2, ?1)")] : []),
    ];
    return db.prepare(`update ${table} set ${set.join(", ")} where ${isAhead}`).bind(nowMs, leadMs);
  });
  const alerts = [OPEN_ALERTS, ENDED_ALERTS].map((sql) => db.prepare(sql).bind(nowMs, leadMs));
  return [...alerts, db.prepare(TIERS).bind(nowMs), ...brought];
}

/** The same for what was dated by a clock that nobody had set: all of it is as long ago, or as far ahead, as it was. Zero is no instant. */
function bringTablesForward(db: D1Database, { nowMs, leadMs }: TakenBack): D1PreparedStatement[] {
  const brought = AHEAD.map(({ table, past, waits, hasText }) => {
    const set = [
      ...[...past, ...waits].map(
        (column) => `${column} = case when ${column} > 0 then ${column} - ?1 else ${column} end`,
      ),
      ...(hasText ? [movedText("0", "(payload ->> '$.atMs') - ?1")] : []),
    ];
    return db.prepare(`update ${table} set ${set.join(", ")}`).bind(leadMs);
  });
  return [db.prepare(OPEN_ALERTS).bind(nowMs, leadMs), ...brought];
}
