/**
 * What the checks of one service come to, hour by hour or day by day: day rollups, the blocks of hours that are in none, and the head
 * tier.
 * Called by d1-store.ts. Invariant: both boundaries, the head tier and the day rollups are read in one batch, and blocks only up to
 * that boundary, so that each check counts once whatever housekeeping moves meanwhile.
 */
import { RollupSteps, type TimedRollup } from "../domain/history/rollup.ts";
import { sampleSeries } from "../domain/history/sample-series.ts";
import { DAY_MS, startOfDay } from "../domain/text/timestamp.ts";
import type { RollupQuery } from "../ports/store.ts";
import { readBlockRollups, rollUpHours } from "./block-rollups.ts";
import { DAY_IS_OVER_AFTER_MS, readDayRollup, type DayFigures, type StaleDay } from "./day-rollups.ts";
import { newLists } from "./packed-histogram.ts";
import { headStatements, readHeadSamples, type HeadRows, type SampleRange } from "./read-samples.ts";
import { readAtOnce } from "./statements.ts";
import type { StoreContext } from "./store-context.ts";
import { NEWEST, READ_TIERS, readBoundary, type TiersRow } from "./tiers.ts";

const DAYS = `select day_ms, count, status_counts, sum_tenth_ms, min_tenth_ms, max_tenth_ms, hex(histogram) as histogram
  from day_rollups where service_id = ?1 and day_ms >= ?2 and day_ms < ?3 and day_ms <= ${NEWEST}`;
const STALE = "select day_ms from stale_days where day_ms >= ?1 and day_ms < ?2";

type Rows = [TiersRow, DayFigures, Pick<StaleDay, "day_ms">, ...HeadRows];

/** In no order; several of one time add up. */
export async function readRollups(context: StoreContext, query: RollupQuery): Promise<TimedRollup[]> {
  const { db } = context;
  const { serviceId, sinceMs, untilMs, stepMs } = query;
  const isOfDays = stepMs % DAY_MS === 0;
  await context.pause();
  const [[tier], days, stale, ...head] = await readAtOnce<Rows>(db, [
    db.prepare(READ_TIERS),
    db.prepare(DAYS).bind(serviceId, sinceMs, isOfDays ? untilMs : sinceMs),
    db.prepare(STALE).bind(sinceMs, untilMs),
    ...headStatements(db, serviceId, query),
  ]);
  const boundaryMs = await readBoundary(context, tier);
  const recent = sampleSeries(await readHeadSamples(context, serviceId, head), query);
  const staleDays = new Set(stale.map(({ day_ms: dayMs }) => dayMs));
  const isRolledUp = (dayMs: number): boolean => dayMs + DAY_IS_OVER_AFTER_MS <= boundaryMs && !staleDays.has(dayMs);
  const steps = new RollupSteps(stepMs);
  const lists = newLists();
  const placeOf = (row: DayFigures) =>
    ({ table: "day_rollups", key: `service_id ${serviceId}, day_ms ${row.day_ms}` }) as const;
  const readDay = (row: DayFigures) => readDayRollup(row, lists);
  for (const row of days) {
    const rollup = isRolledUp(row.day_ms) ? context.readableNow(row, placeOf, readDay) : null;
    if (rollup) steps.add(row.day_ms, rollup);
  }
  for (const { atMs, rollup } of rollUpHours(recent.segments)) steps.add(atMs, rollup);
  const rollups = [...steps.list()];
  for (const span of isOfDays ? spansWithout(isRolledUp, query) : [query])
    rollups.push(...(await readBlockRollups(context, { serviceId, span, boundaryMs, stepMs })));
  return rollups;
}

/** The days of a range that are in no rollup, joined where they touch. */
function spansWithout(isRolledUp: (dayMs: number) => boolean, { sinceMs, untilMs }: SampleRange): SampleRange[] {
  const spans: SampleRange[] = [];
  for (let dayMs = startOfDay(sinceMs); dayMs < untilMs; dayMs += DAY_MS) {
    if (isRolledUp(dayMs)) continue;
    const endMs = dayMs + DAY_MS;
    const last = spans.at(-1);
    if (last?.untilMs === dayMs) spans[spans.length - 1] = { ...last, untilMs: endMs };
    else spans.push({ sinceMs: dayMs, untilMs: endMs });
  }
  return spans;
}
