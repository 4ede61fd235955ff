/**
 * Forgetting: what the head tier holds of hours that have been archived, and blocks beyond the retention.
 * Called by clean-up through d1-store.ts. Works on a full disk: deleting needs no more than the log of one short step.
 * Invariant: nothing is deleted that a reader would still look at.
 */
import type { D1Database, D1Result } from "@cloudflare/workers-types";
import { HOUR_MS } from "../domain/history/hour-block.ts";
import { checkInstant } from "./checked-value.ts";
import type { StoreContext } from "./store-context.ts";
import { ARCHIVED_UNTIL, FORGOTTEN_SWEEPS } from "./tiers.ts";

// Short write transactions: on Node the sweep's commit waits, on the main thread, for the one in progress.
const ROWS_PER_DELETE = 200;
/** Usually one hour of every service has expired, and each commit waits for the disk. */
const SERVICES_PER_DELETE = 25;

const DELETE_ARCHIVED = [
  `delete from sweeps where at_ms in (
     select at_ms from sweeps where at_ms < ${ARCHIVED_UNTIL} order by at_ms limit ?)`,
  `delete from recent_samples where (from_ms, service_id) in (
     select from_ms, service_id from recent_samples where from_ms < ${ARCHIVED_UNTIL} order by from_ms limit ?)`,
];

export async function deleteArchivedHead(db: D1Database): Promise<void> {
  for (const sql of DELETE_ARCHIVED) {
    await repeatUntilNothingChanges(() => db.batch([db.prepare(sql).bind(ROWS_PER_DELETE)]));
  }
}

export async function deleteBlocksBefore(
  { db, readable }: StoreContext,
  cutoffMs: number,
  keptHours: number,
): Promise<void> {
  const beforeMs = Math.min(cutoffMs, await startOfNewestHours(db, keptHours));
  const { results } = await db
    .prepare("select hour_ms, count from hour_sweeps where hour_ms + ? <= ? order by hour_ms")
    .bind(HOUR_MS, beforeMs)
    .all<{ hour_ms: number; count: number }>();
  for (const { hour_ms: hourMs, count } of results) {
    const place = { table: "hour_sweeps", key: `hour_ms ${hourMs}` };
    const forgotten = (await readable(place, () => checkInstant(count))) ?? 0;
    await db.batch([
      db.prepare("delete from hour_sweeps where hour_ms = ?").bind(hourMs),
      db.prepare(`update tiers set forgotten_sweeps = ${FORGOTTEN_SWEEPS} + ? where id = 1`).bind(forgotten),
    ]);
  }
  const remove = db.prepare(
    `delete from hour_blocks where service_id = ?1 and hour_ms in
       (select hour_ms from hour_blocks where service_id = ?1 and hour_ms + ?2 <= ?3 limit ?4)`,
  );
  const serviceIds = await servicesWithBlocksBefore(db, beforeMs);
  for (let start = 0; start < serviceIds.length; start += SERVICES_PER_DELETE) {
    const some = serviceIds.slice(start, start + SERVICES_PER_DELETE);
    const most = Math.ceil(ROWS_PER_DELETE / some.length);
    await repeatUntilNothingChanges(() => db.batch(some.map((id) => remove.bind(id, HOUR_MS, beforeMs, most))));
  }
}

/** The start of the oldest of the newest `count` archived hours; −Infinity when there are no more than those. */
async function startOfNewestHours(db: D1Database, count: number): Promise<number> {
  const row = await db
    .prepare("select hour_ms from hour_sweeps order by hour_ms desc limit 1 offset ?")
    .bind(count)
    .first<{ hour_ms: number }>();
  return row ? row.hour_ms + HOUR_MS : -Infinity;
}

/** Hops from one service id to the next over the primary key: a year of 1,000 services is nine million rows. */
async function servicesWithBlocksBefore(db: D1Database, beforeMs: number): Promise<string[]> {
  const { results } = await db
    .prepare(
      `with recursive ids(id) as (
         select min(service_id) from hour_blocks
         union all
         select (select min(service_id) from hour_blocks where service_id > id) from ids where id is not null
       )
       select id from ids
       where exists (select 1 from hour_blocks where service_id = id and hour_ms <= ? - ?)`,
    )
    .bind(beforeMs, HOUR_MS)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

async function repeatUntilNothingChanges(step: () => Promise<readonly D1Result[]>): Promise<void> {
  while ((await step()).some(({ meta }) => meta.changes > 0));
}
