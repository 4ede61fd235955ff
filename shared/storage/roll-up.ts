/**
 * Makes the rollups of days from the blocks of their hours, and hours of an earlier kind anew from their samples, a few at a time.
 * Called by the housekeeping job through d1-store.ts. A day is done service by service, and may be begun again after a crash.
 * Invariant: in the end the rollup of a day equals that of all stored checks that ended in it.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import { mergeRollups, rollUp } from "../domain/history/rollup.ts";
import { checksOfSeries, type SampleSegment } from "../domain/history/sample-series.ts";
import { DAY_MS } from "../domain/text/timestamp.ts";
import { readBlockRollups } from "./block-rollups.ts";
import type { RolledUp } from "../ports/store.ts";
import { checkInstant } from "./checked-value.ts";
import { markAnew, NEW_MARK, nextStaleDay, noteProgress, putDayRollup, type StaleDay } from "./day-rollups.ts";
import { LATEST_COMMIT_MS } from "./read-samples.ts";
import { encodeHourRollup } from "./sample-block.ts";
import type { StoreContext } from "./store-context.ts";
import { ARCHIVED_UNTIL } from "./tiers.ts";

// Short write transactions: on Node the sweep's commit waits, on the main thread, for the one in progress.
const STATEMENTS_A_BATCH = 25;

/** Hops from one service id to the next over the primary key. */
const SERVICES = `with recursive ids(id) as (
    select min(service_id) from hour_blocks where service_id > ?1
    union all
    select (select min(service_id) from hour_blocks where service_id > id) from ids where id is not null
  )
  select id from ids where id is not null and exists (
    select 1 from hour_blocks where service_id = id and hour_ms >= ?2 and hour_ms < ?3)`;

// What another process has archived anew meanwhile is of the present kind.
const REBUILD = `update hour_blocks
  set status_counts = ?3, sum_tenth_ms = ?4, min_tenth_ms = ?5, max_tenth_ms = ?6, histogram = ?7
  where service_id = ?1 and hour_ms = ?2 and typeof(histogram) <> 'blob'`;

export async function rollUpNextDay(context: StoreContext, most: number): Promise<RolledUp | null> {
  const { db } = context;
  const day = await findDay(context);
  if (!day) return null;
  const boundaryMs = (await db.prepare(`select ${ARCHIVED_UNTIL} as at_ms`).first<number>("at_ms")) ?? 0;
  let cost = 1;
  let statements: D1PreparedStatement[] = [];
  for (const serviceId of await listServices(db, day)) {
    const own = await rollUpService(context, { serviceId, day, boundaryMs });
    cost += own.cost;
    statements.push(...own.statements);
    const isSpent = cost >= most;
    if (!isSpent && statements.length < STATEMENTS_A_BATCH) continue;
    await db.batch([...statements, noteProgress(db, day, serviceId)]);
    if (isSpent) return { cost, isDone: false };
    statements = [];
  }
  await db.batch([...statements, noteProgress(db, day, null)]);
  return { cost, isDone: true };
}

/** The next one whose mark can be read; one that cannot is written anew. */
async function findDay(context: StoreContext): Promise<StaleDay | null> {
  const day = await nextStaleDay(context.db);
  if (!day) return null;
  const place = { table: "stale_days", key: `day_ms ${day.day_ms}` } as const;
  const marks = await context.readable(place, () => checkInstant(day.marks));
  if (marks !== null) return day;
  await markAnew(context.db, day);
  return { ...day, ...NEW_MARK };
}

async function listServices(db: D1Database, { day_ms: dayMs, done_until: doneUntil }: StaleDay): Promise<string[]> {
  const { results } = await db
    .prepare(SERVICES)
    .bind(doneUntil, dayMs, dayMs + DAY_MS + LATEST_COMMIT_MS)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

interface ServiceDay {
  readonly serviceId: string;
  readonly day: StaleDay;
  readonly boundaryMs: number;
}

async function rollUpService(context: StoreContext, { serviceId, day, boundaryMs }: ServiceDay) {
  const dayMs = day.day_ms;
  const span = { sinceMs: dayMs, untilMs: dayMs + DAY_MS };
  const statements: D1PreparedStatement[] = [];
  let cost = 1;
  const parts = await readBlockRollups(
    context,
    { serviceId, span, boundaryMs, stepMs: DAY_MS },
    (segment, { histogram }) => {
      cost += 1;
      if (histogram === null || typeof histogram === "string")
        statements.push(rebuildHour(context.db, serviceId, segment));
    },
  );
  const rollup = mergeRollups(parts.map((part) => part.rollup));
  if (parts.length > 0) statements.push(putDayRollup(context.db, { serviceId, dayMs }, rollup));
  return { statements, cost };
}

function rebuildHour(db: D1Database, serviceId: string, segment: SampleSegment): D1PreparedStatement {
  const hourMs = segment.baseMs;
  const samples = checksOfSeries(serviceId, { count: segment.verdicts.length, segments: [segment] });
  const row = encodeHourRollup(rollUp(samples), { hourMs, samples });
  const figures = [row.status_counts, row.sum_tenth_ms, row.min_tenth_ms, row.max_tenth_ms, row.histogram];
  return db.prepare(REBUILD).bind(serviceId, hourMs, ...figures);
}
