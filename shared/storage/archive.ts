/**
 * Moving finished hours from the head tier into blocks.
 * Called by clean-up (on Node in a thread of its own) through d1-store.ts. Readers follow the boundary in `tiers`.
 * Invariant: the marks of the days that it changes, then blocks, then the boundary, then deletion: a crash between any two steps
 * loses and doubles nothing, and what is damaged is left out, so that it never keeps the rest from being archived.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { Check } from "../domain/monitoring/check.ts";
import { HOUR_MS, startOfHour, type HourBlock } from "../domain/history/hour-block.ts";
import type { HeadHour, HeadSweep } from "../ports/store.ts";
import { markStaleDays } from "./day-rollups.ts";
import { archivedHour } from "./read-blocks.ts";
import { readKeyframe, storedSweep, type SweepRow } from "./read-head.ts";
import { encodeBlock, type SampleBlockRow } from "./sample-block.ts";
import type { StoreContext } from "./store-context.ts";
import { encodeSweeps } from "./sweep-block.ts";
import { ARCHIVED_UNTIL, FORGOTTEN_SWEEPS, SAMPLED_UNTIL } from "./tiers.ts";

// Short write transactions: on Node the sweep's commit waits, on the main thread, for the one in progress.
const BLOCKS_PER_BATCH = 25;

const PUT_BOUNDARY = `insert into tiers (id, archived_until_ms) values (1, ?1)
  on conflict (id) do update set archived_until_ms = max(${ARCHIVED_UNTIL}, ?1), sampled_until_ms = ${SAMPLED_UNTIL}`;

export async function readOldestHeadHour(context: StoreContext, endedByMs: number): Promise<HeadHour | null> {
  const { db } = context;
  const oldest = await db
    .prepare(`select min(at_ms) as at_ms from sweeps where at_ms >= ${ARCHIVED_UNTIL}`)
    .first<{ at_ms: number | null }>();
  if (oldest?.at_ms == null) return null;
  const hourMs = startOfHour(oldest.at_ms);
  if (hourMs + HOUR_MS > endedByMs) return null;
  const { results } = await db
    .prepare("select * from sweeps where at_ms >= ? and at_ms < ? order by at_ms")
    .bind(hourMs, hourMs + HOUR_MS)
    .all<SweepRow>();
  return headHour(context, hourMs, results);
}

export async function archiveHour(
  { db, rosters }: StoreContext,
  hour: HeadHour,
  blocks: readonly HourBlock[],
): Promise<void> {
  for (let start = 0; start < blocks.length; start += BLOCKS_PER_BATCH) {
    const puts: D1PreparedStatement[] = start === 0 ? markStaleDays(db, blocks) : [];
    // One after the other: deflating is done by threads of the runtime, and all of them at once would leave probes no core.
    for (const block of blocks.slice(start, start + BLOCKS_PER_BATCH))
      puts.push(putBlock(db, await encodeBlock(block)));
    await db.batch(puts);
  }
  const sweeps = hour.sweeps.map(({ moment }) => ({ ...moment, rosterId: rosters.idOf(moment).id }));
  const payload = await encodeSweeps(hour.hourMs, sweeps, hour.keyframe);
  const endMs = hour.hourMs + HOUR_MS;
  await db.batch([
    // Only while the boundary has not passed the hour: this may be a repetition.
    db
      .prepare(`update tiers set forgotten_sweeps = ${FORGOTTEN_SWEEPS} + ? where id = 1 and ${ARCHIVED_UNTIL} < ?`)
      .bind(hour.unreadableSweeps, endMs),
    db
      .prepare("insert or replace into hour_sweeps (hour_ms, count, payload) values (?, ?, ?)")
      .bind(hour.hourMs, sweeps.length, payload),
    db.prepare(PUT_BOUNDARY).bind(endMs),
  ]);
}

function putBlock(db: D1Database, row: SampleBlockRow): D1PreparedStatement {
  const columns = Object.keys(row);
  const places = columns.map(() => "?");
  const sql = `insert or replace into hour_blocks (${columns.join(", ")}) values (${places.join(", ")})`;
  return db.prepare(sql).bind(...Object.values(row));
}

async function headHour(context: StoreContext, hourMs: number, rows: readonly SweepRow[]): Promise<HeadHour> {
  const contentOf = await context.rosters.load(rows.map(({ roster_id: id }) => id));
  let keyframe: readonly Check[] = [];
  const sweeps: HeadSweep[] = [];
  for (const row of rows) {
    const place = { table: "sweeps", key: `at_ms ${row.at_ms}` } as const;
    const read = await context.readable(place, () => ({ sweep: storedSweep(row), keyframe: readKeyframe(row) }));
    if (!read) continue;
    if (sweeps.length === 0) keyframe = read.keyframe ?? [];
    const { atMs, startedAtMs, localNode, rosterId, checks } = read.sweep;
    sweeps.push({ moment: { ...contentOf(rosterId), atMs, startedAtMs, localNode, faults: [] }, checks });
  }
  const unreadableSweeps = rows.length - sweeps.length;
  // Only when a clock that was ahead, or behind, has brought an hour twice.
  const before = await archivedHour(context, hourMs);
  if (!before) return { hourMs, keyframe, sweeps, unreadableSweeps };
  const known = new Set(sweeps.map(({ moment }) => moment.atMs));
  const joined = [...before.sweeps.filter(({ moment }) => !known.has(moment.atMs)), ...sweeps];
  joined.sort((left, right) => left.moment.atMs - right.moment.atMs);
  return { hourMs, keyframe: before.keyframe, sweeps: joined, unreadableSweeps };
}
