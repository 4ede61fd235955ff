/**
 * What stands beside the hours of a stored history: rollups of its days and changes of status, as after a year.
 * Called by stored-history.ts. Invariant: the hours repeat with a period that divides a day, so one day's rollups are those of all.
 */
import type { Database } from "better-sqlite3";
import { HOUR_MS } from "../../shared/domain/history/hour-block.ts";
import { DAY_MS, startOfDay } from "../../shared/domain/text/timestamp.ts";
import type { ArchiveStore } from "../../shared/ports/store.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";

export interface StoredDays {
  readonly sqlite: Database;
  readonly store: ArchiveStore;
  readonly serviceIds: readonly string[];
  /** From where to where hours are stored. */
  readonly oldestMs: number;
  readonly newestMs: number;
}

/** A day that can be rolled up; there are hours for it. */
function wholeDay({ newestMs }: StoredDays): number {
  return startOfDay(newestMs) - DAY_MS;
}

/** Rolls up one day, and repeats that for the others. Soon after midnight the one is rolled up as well that has just ended. */
export async function fillDays(days: StoredDays): Promise<void> {
  const { sqlite, store, oldestMs } = days;
  const modelMs = wholeDay(days);
  markDay(days);
  await rollUpDays(store, Infinity);
  const others: number[] = [];
  for (let dayMs = startOfDay(oldestMs) + DAY_MS; dayMs < modelMs; dayMs += DAY_MS) others.push(dayMs);
  sqlite
    .prepare(
      `insert into day_rollups select service_id, value, count, status_counts, sum_tenth_ms, min_tenth_ms, max_tenth_ms, histogram
         from day_rollups cross join json_each(?) where day_ms = ? order by service_id, value`,
    )
    .run(JSON.stringify(others), modelMs);
}

/** As just before a day is rolled up. @param isEarlierKind as after an upgrade: the figures of its hours have to be made anew as well */
export function leaveDay(days: StoredDays, isEarlierKind: boolean): void {
  markDay(days);
  if (!isEarlierKind) return;
  const dayMs = wholeDay(days);
  const make = days.sqlite.prepare(
    "update hour_blocks set histogram = '[46,1,2,3]' where hour_ms >= ? and hour_ms < ?",
  );
  make.run(dayMs, dayMs + DAY_MS);
}

function markDay(days: StoredDays): void {
  days.sqlite.prepare("insert or replace into stale_days (day_ms, marks) values (?, 1)").run(wholeDay(days));
}

/** About as often as a service of a home cluster is away: every other day for some minutes. */
const OUTAGE_EVERY_MS = 43 * HOUR_MS;
const OUTAGE_MS = 300_000;

export function fillTransitions({ sqlite, serviceIds, oldestMs, newestMs }: StoredDays): void {
  const put = sqlite.prepare(
    "insert into transitions (service_id, at_ms, from_status, to_status, reason, message) values (?, ?, ?, ?, ?, ?)",
  );
  const change = (id: string, atMs: number, isUp: boolean): void => {
    if (isUp) put.run(id, atMs, "error", "healthy", null, null);
    else put.run(id, atMs, "healthy", "error", "refused", "Connection refused");
  };
  sqlite.transaction(() => {
    serviceIds.forEach((id, index) => {
      put.run(id, oldestMs, "unknown", "healthy", null, null);
      const phaseMs = (index * 7 * HOUR_MS + 1_234_567) % OUTAGE_EVERY_MS;
      for (let atMs = oldestMs + phaseMs + 1; atMs + OUTAGE_MS < newestMs; atMs += OUTAGE_EVERY_MS) {
        change(id, atMs, false);
        change(id, atMs + OUTAGE_MS + (atMs % OUTAGE_MS), true);
      }
    });
  })();
}
