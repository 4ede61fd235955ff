/**
 * Moving finished hours from the head tier into blocks, and forgetting old blocks.
 * Called by clean-up (on Node in a thread of its own) through d1-store.ts. Readers follow the boundary in `tiers`.
 * Invariant: blocks first, then the boundary, then deletion: a crash between any two steps loses and doubles nothing.
 */
import type { D1Database, D1Result } from "@cloudflare/workers-types";
import { HOUR_MS, hourOf, type HourBlock } from "../domain/hour-block.ts";
import type { HeadHour } from "../ports/store.ts";
import { archivedUntil, storedSweep, type SweepRow } from "./read-head.ts";
import { unpackChecks } from "./packed-check.ts";
import type { RosterTable } from "./roster-table.ts";
import { encodeBlock, type SampleBlockRow } from "./sample-block.ts";
import { encodeSweeps } from "./sweep-block.ts";

// Short write transactions: on Node the sweep's commit waits, on the main thread, for the one in progress.
const BLOCKS_PER_BATCH = 25;
const ROWS_PER_DELETE = 200;

const BLOCK_COLUMNS = [
  "service_id",
  "hour_ms",
  "step_ms",
  "starts",
  "response_times",
  "verdicts",
  "status_counts",
  "sum_tenth_ms",
  "min_tenth_ms",
  "max_tenth_ms",
  "histogram",
  "details",
] as const satisfies readonly (keyof SampleBlockRow)[];

const PUT_BLOCK = `insert or replace into hour_blocks (${BLOCK_COLUMNS.join(", ")})
  values (${BLOCK_COLUMNS.map(() => "?").join(", ")})`;

export async function readOldestHeadHour(
  db: D1Database,
  rosters: RosterTable,
  endedByMs: number,
): Promise<HeadHour | null> {
  const oldest = await db
    .prepare("select min(at_ms) as at_ms from sweeps where at_ms >= (select archived_until_ms from tiers where id = 1)")
    .first<{ at_ms: number | null }>();
  if (oldest?.at_ms == null) return null;
  const hourMs = hourOf(oldest.at_ms);
  if (hourMs + HOUR_MS > endedByMs) return null;
  const { results } = await db
    .prepare("select * from sweeps where at_ms >= ? and at_ms < ? order by at_ms")
    .bind(hourMs, hourMs + HOUR_MS)
    .all<SweepRow>();
  return headHour(hourMs, results, rosters);
}

export async function archiveHour(
  db: D1Database,
  rosters: RosterTable,
  { hour, blocks }: { hour: HeadHour; blocks: readonly HourBlock[] },
): Promise<void> {
  for (let start = 0; start < blocks.length; start += BLOCKS_PER_BATCH) {
    const rows = await Promise.all(blocks.slice(start, start + BLOCKS_PER_BATCH).map(encodeBlock));
    await db.batch(rows.map((row) => db.prepare(PUT_BLOCK).bind(...BLOCK_COLUMNS.map((column) => row[column]))));
  }
  const sweeps = hour.sweeps.map(({ moment }) => ({ ...moment, rosterId: rosters.idOf(moment).id }));
  const payload = await encodeSweeps(hour.hourMs, sweeps, hour.keyframe);
  await db.batch([
    db
      .prepare("insert or replace into hour_sweeps (hour_ms, count, payload) values (?, ?, ?)")
      .bind(hour.hourMs, sweeps.length, payload),
    db
      .prepare("update tiers set archived_until_ms = max(archived_until_ms, ?) where id = 1")
      .bind(hour.hourMs + HOUR_MS),
  ]);
}

export async function deleteArchivedHead(db: D1Database): Promise<void> {
  const boundary = await archivedUntil(db).first<{ archived_until_ms: number }>();
  const remove = db.prepare(
    "delete from sweeps where at_ms in (select at_ms from sweeps where at_ms < ? order by at_ms limit ?)",
  );
  await repeatUntilNothingChanges(() => remove.bind(boundary?.archived_until_ms ?? 0, ROWS_PER_DELETE).run());
}

export async function deleteBlocksBefore(db: D1Database, cutoffMs: number, keptHours: number): Promise<void> {
  const beforeMs = Math.min(cutoffMs, await startOfNewestHours(db, keptHours));
  const { results } = await db
    .prepare("select hour_ms, count from hour_sweeps where hour_ms + ? <= ? order by hour_ms")
    .bind(HOUR_MS, beforeMs)
    .all<{ hour_ms: number; count: number }>();
  for (const { hour_ms: hourMs, count } of results) {
    await db.batch([
      db.prepare("delete from hour_sweeps where hour_ms = ?").bind(hourMs),
      db.prepare("update snapshot set sweep_count = sweep_count - ? where id = 1").bind(count),
    ]);
  }
  for (const serviceId of await servicesWithBlocksBefore(db, beforeMs)) {
    const remove = db.prepare(
      `delete from hour_blocks where service_id = ?1 and hour_ms in
         (select hour_ms from hour_blocks where service_id = ?1 and hour_ms + ?2 <= ?3 limit ?4)`,
    );
    await repeatUntilNothingChanges(() => remove.bind(serviceId, HOUR_MS, beforeMs, ROWS_PER_DELETE).run());
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

async function repeatUntilNothingChanges(step: () => Promise<D1Result>): Promise<void> {
  while ((await step()).meta.changes > 0);
}

async function headHour(hourMs: number, rows: readonly SweepRow[], rosters: RosterTable): Promise<HeadHour> {
  const contents = await rosters.load(rows.map(({ roster_id: id }) => id));
  const first = rows[0];
  const keyframe = first?.keyframe ? unpackChecks(first.keyframe, first.at_ms) : [];
  const sweeps = rows.map((row) => {
    const { atMs, startedAtMs, localNode, checks } = storedSweep(row);
    const content = contents.get(row.roster_id) ?? { roster: [], degradedThresholdPercent: 0 };
    return { moment: { ...content, atMs, startedAtMs, localNode, faults: [] }, checks };
  });
  return { hourMs, keyframe, sweeps };
}
