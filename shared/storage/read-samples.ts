/**
 * The samples of one service: hour blocks, the pieces of the hours that are still in the head tier, and its newest sweeps.
 * Called by d1-store.ts. Invariant: all three are read in one batch, with both boundaries, so that each check comes once.
 */
import type { Check } from "../domain/monitoring/check.ts";
import { HOUR_MS, startOfHour } from "../domain/history/hour-block.ts";
import { sampleSeries, type SampleSegment, type SampleSeries } from "../domain/history/sample-series.ts";
import { unpackChecks } from "./packed-check.ts";
import { readAtOnce } from "./statements.ts";
import { packedPrefix, type SweepRow } from "./read-head.ts";
import { decodeColumns, type SampleColumns } from "./sample-block.ts";
import type { StoreContext } from "./store-context.ts";
import { ARCHIVED_UNTIL, NEWEST, SAMPLED_UNTIL } from "./tiers.ts";

/** A check is filed under the hour of its commit: usually its own or the next, later when storage had failed meanwhile. */
const LATEST_COMMIT_MS = 24 * HOUR_MS;

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

const LATELY = `${BOUNDARIES}
  select at_ms, checks from sweeps
  where at_ms >= max(?1, (select sampled_until_ms from tier)) and at_ms < ?2 and at_ms <= ${NEWEST}
    and instr(checks, ?3) > 0
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
  const committedBeforeMs = untilMs + LATEST_COMMIT_MS;
  await pause();
  const [blocks, pieces, newest] = await readAtOnce<[SampleColumns, SampleColumns, NewestRow]>(db, [
    db.prepare(BLOCKS).bind(serviceId, startOfHour(sinceMs), committedBeforeMs, untilMs),
    db.prepare(PIECES).bind(serviceId, committedBeforeMs),
    db.prepare(LATELY).bind(sinceMs, committedBeforeMs, packedPrefix(serviceId)),
  ]);
  const segments: SampleSegment[] = [];
  for (const [table, rows] of [
    ["hour_blocks", blocks],
    ["recent_samples", pieces],
  ] as const) {
    for (const row of rows) {
      await pause();
      const key = `service_id ${serviceId}, from ${row.hour_ms}`;
      const segment = await context.readable({ table, key }, () => decodeColumns(row));
      if (segment) segments.push(segment);
    }
  }
  for (const row of newest) {
    await pause();
    const place = { table: "sweeps", key: `at_ms ${row.at_ms}` } as const;
    const checks = await context.readable(place, () => unpackChecks(row.checks, row.at_ms, serviceId));
    if (checks) segments.push(buildSegment(checks, row.at_ms));
  }
  return sampleSeries(segments, range);
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
