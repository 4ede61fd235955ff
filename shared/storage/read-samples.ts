/**
 * The samples of one service: hour blocks, the pieces of the hours that are still in the head tier, and its newest sweeps.
 * Called by d1-store.ts. Invariant: all three are read in one batch, with both boundaries, so that each check comes once.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { Check } from "../domain/monitoring/check.ts";
import { HOUR_MS, startOfHour } from "../domain/history/hour-block.ts";
import { sampleSeries, type SampleSegment, type SampleSeries } from "../domain/history/sample-series.ts";
import { packedPrefix, unpackChecksOf } from "./packed-check.ts";
import { readAtOnce } from "./statements.ts";
import type { SweepRow } from "./read-head.ts";
import { decodeColumns, type SampleColumns } from "./sample-block.ts";
import type { StoreContext } from "./store-context.ts";
import { ARCHIVED_UNTIL, NEWEST, SAMPLED_UNTIL } from "./tiers.ts";

/** A check is filed under the hour of its commit: usually its own or the next, later when storage had failed meanwhile. */
export const LATEST_COMMIT_MS = 24 * HOUR_MS;

/** D1 takes patterns of 50 bytes; ids are ASCII. */
const MOST_LIKE_BYTES = 50;

const BOUNDARIES = `with tier as (select ${ARCHIVED_UNTIL} as archived_until_ms, ${SAMPLED_UNTIL} as sampled_until_ms)`;

const BLOCKS = `${BOUNDARIES}
  select hour_ms, first_ms, step_ms, gaps, response_times, verdicts from hour_blocks
  where service_id = ?1 and hour_ms >= ?2 and hour_ms < min(?3, (select archived_until_ms from tier))
    and hour_ms + first_ms < ?4
  order by hour_ms`;

// From one piece to the next over the primary key: the table holds the pieces of all services.
const PIECES = `${BOUNDARIES}, pieces(from_ms) as (
    select min(from_ms) from recent_samples where from_ms >= (select archived_until_ms from tier)
    union all
    select (select min(from_ms) from recent_samples where from_ms > pieces.from_ms) from pieces
    where pieces.from_ms is not null
  )
  select from_ms as hour_ms, first_ms, step_ms, gaps, response_times, verdicts from recent_samples
  where service_id = ?1 and from_ms in (
    select from_ms from pieces where from_ms < min(?2, (select sampled_until_ms from tier)))
  order by from_ms`;

// `like` runs over what cannot match three times as fast as `instr`: over 2 MB, of a thousand services.
const LATELY = `${BOUNDARIES}
  select at_ms, checks from sweeps
  where at_ms >= max(?1, (select sampled_until_ms from tier)) and at_ms < ?2 and at_ms <= ${NEWEST}
    and checks like ?3
  order by at_ms`;

type NewestRow = Pick<SweepRow, "at_ms" | "checks">;

export interface SampleRange {
  readonly sinceMs: number;
  /** Exclusive. */
  readonly untilMs: number;
}

export async function readSamples(context: StoreContext, serviceId: string, range: SampleRange): Promise<SampleSeries> {
  const { db, pause } = context;
  const { sinceMs, untilMs } = range;
  await pause();
  const [blocks, ...head] = await readAtOnce<[SampleColumns, ...HeadRows]>(db, [
    db.prepare(BLOCKS).bind(serviceId, startOfHour(sinceMs), untilMs + LATEST_COMMIT_MS, untilMs),
    ...headStatements(db, serviceId, range),
  ]);
  const archived = await readColumns(context, { table: "hour_blocks", serviceId }, blocks);
  return sampleSeries([...archived, ...(await readHeadSamples(context, serviceId, head))], range);
}

export type HeadRows = [SampleColumns, NewestRow];

/** The samples of the head tier of some service, for a batch that reads the blocks or their boundary as well. */
export function headStatements(
  db: D1Database,
  serviceId: string,
  { sinceMs, untilMs }: SampleRange,
): [D1PreparedStatement, D1PreparedStatement] {
  const committedBeforeMs = untilMs + LATEST_COMMIT_MS;
  return [
    db.prepare(PIECES).bind(serviceId, committedBeforeMs),
    db.prepare(LATELY).bind(sinceMs, committedBeforeMs, likeOf(serviceId)),
  ];
}

/** What `headStatements` have read, decoded; of other times as well. */
export async function readHeadSamples(
  context: StoreContext,
  serviceId: string,
  [pieces, newest]: readonly [readonly SampleColumns[], readonly NewestRow[]],
): Promise<SampleSegment[]> {
  const segments = await readColumns(context, { table: "recent_samples", serviceId }, pieces);
  const decode = (row: NewestRow): Check[] => unpackChecksOf(serviceId, row.checks, row.at_ms);
  for (const row of newest) {
    await context.pause();
    const checks = context.readableNow(row, placeOfSweep, decode);
    if (checks) segments.push(buildSegment(checks, row.at_ms));
  }
  return segments;
}

/** Of every sweep that holds checks of the service; of some others too, as `_` and the case of letters match more. */
function likeOf(serviceId: string): string {
  return `%${packedPrefix(serviceId).slice(0, MOST_LIKE_BYTES - 2)}%`;
}

function placeOfSweep({ at_ms: atMs }: NewestRow) {
  return { table: "sweeps", key: `at_ms ${atMs}` } as const;
}

async function readColumns(
  context: StoreContext,
  { table, serviceId }: { readonly table: "hour_blocks" | "recent_samples"; readonly serviceId: string },
  rows: readonly SampleColumns[],
): Promise<SampleSegment[]> {
  const segments: SampleSegment[] = [];
  const placeOf = (row: SampleColumns) => ({ table, key: `service_id ${serviceId}, from ${row.hour_ms}` });
  for (const row of rows) {
    await context.pause();
    const segment = context.readableNow(row, placeOf, decodeColumns);
    if (segment) segments.push(segment);
  }
  return segments;
}

function buildSegment(checks: readonly Check[], baseMs: number): SampleSegment {
  const ordered = [...checks].sort((left, right) => left.checkedAtMs - right.checkedAtMs);
  return {
    baseMs,
    offsetsMs: ordered.map(({ checkedAtMs }) => checkedAtMs - baseMs),
    tenthMs: ordered.map(({ responseTimeMs }) => Math.round(responseTimeMs * 10)),
    verdicts: ordered.map(({ status, reason, statusCode, message }) => ({ status, reason, statusCode, message })),
  };
}
