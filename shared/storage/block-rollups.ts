/**
 * The rollups of one service's archived hours: as they are stored where they can be read, else from the samples of their block.
 * Called by read-rollups.ts for answers and by roll-up.ts for the rollups of days. Invariant: the parts of a span add up to all
 * archived checks that ended in it, each once, whatever hour they are filed under.
 */
import { startOfHour } from "../domain/history/hour-block.ts";
import { RollupBuilder, RollupSteps, type TimedRollup } from "../domain/history/rollup.ts";
import type { SampleSegment } from "../domain/history/sample-series.ts";
import { newLists } from "./packed-histogram.ts";
import { LATEST_COMMIT_MS, type SampleRange } from "./read-samples.ts";
import { decodeColumns, type SampleColumns } from "./sample-block.ts";
import type { StoreContext } from "./store-context.ts";
import { decodeHour, type RollupColumns } from "./stored-rollup.ts";

/** Some two milliseconds. */
const HOURS_A_PIECE = 500;
const BLOCKS_A_PIECE = 20;

const FIGURES = `select hour_ms, status_counts, sum_tenth_ms, min_tenth_ms, max_tenth_ms, histogram from hour_blocks
  where service_id = ?1 and hour_ms >= ?2 and hour_ms < ?3 and hour_ms + first_ms < ?4
  order by hour_ms limit ${HOURS_A_PIECE}`;

const SAMPLES = `select hour_ms, first_ms, step_ms, gaps, response_times, verdicts from hour_blocks
  where service_id = ?1 and hour_ms in (select value from json_each(?2)) order by hour_ms`;

type FigureRow = RollupColumns & Pick<SampleColumns, "hour_ms">;

export interface ArchivedSpan {
  readonly serviceId: string;
  /** From the start of an hour to the start of another one. */
  readonly span: SampleRange;
  /** Blocks from there on do not count. */
  readonly boundaryMs: number;
  /** How long the parts are, in whole hours. */
  readonly stepMs: number;
}

/** By the start of a step, several of some, in no order. `onSamples` is called with every block whose samples were read. */
export async function readBlockRollups(
  context: StoreContext,
  asked: ArchivedSpan,
  onSamples: (segment: SampleSegment, figures: RollupColumns) => void = () => {},
): Promise<readonly TimedRollup[]> {
  const { serviceId, span, stepMs } = asked;
  const isWithin = (atMs: number): boolean => atMs >= span.sinceMs && atMs < span.untilMs;
  const steps = new RollupSteps(stepMs);
  const unread: FigureRow[] = [];
  const lists = newLists();
  const placeOfRow = (row: FigureRow) => placeOf(serviceId, row.hour_ms);
  const decodeRow = (row: FigureRow) => decodeHour(row, lists);
  for await (const rows of eachPiece(context, asked)) {
    for (const row of rows) {
      const rollup = context.readableNow(row, placeOfRow, decodeRow);
      if (!rollup) unread.push(row);
      else if (isWithin(row.hour_ms)) steps.add(row.hour_ms, rollup);
    }
  }
  for (let start = 0; start < unread.length; start += BLOCKS_A_PIECE) {
    const some = new Map(unread.slice(start, start + BLOCKS_A_PIECE).map((row) => [row.hour_ms, row]));
    const segments = await readSegments(context, serviceId, [...some.keys()]);
    for (const segment of segments) {
      const figures = some.get(segment.baseMs);
      if (figures) onSamples(segment, figures);
    }
    for (const { atMs, rollup } of rollUpHours(segments)) if (isWithin(atMs)) steps.add(atMs, rollup);
  }
  return steps.list();
}

/** Samples by the hour in which they ended. */
export function rollUpHours(segments: readonly SampleSegment[]): TimedRollup[] {
  const hours = new Map<number, RollupBuilder>();
  for (const { baseMs, offsetsMs, tenthMs, verdicts } of segments) {
    verdicts.forEach(({ status }, index) => {
      const hourMs = startOfHour(baseMs + (offsetsMs[index] ?? 0));
      let hour = hours.get(hourMs);
      if (!hour) hours.set(hourMs, (hour = new RollupBuilder()));
      hour.addCheck(status, tenthMs[index] ?? 0);
    });
  }
  return [...hours].map(([atMs, hour]) => ({ atMs, rollup: hour.take() }));
}

async function* eachPiece(
  { db, pause }: StoreContext,
  { serviceId, span, boundaryMs }: ArchivedSpan,
): AsyncGenerator<readonly FigureRow[]> {
  const endMs = Math.min(boundaryMs, span.untilMs + LATEST_COMMIT_MS);
  for (let fromMs = span.sinceMs; ;) {
    await pause();
    const { results } = await db.prepare(FIGURES).bind(serviceId, fromMs, endMs, span.untilMs).all<FigureRow>();
    yield results;
    const last = results.at(-1);
    if (results.length < HOURS_A_PIECE || !last) return;
    fromMs = last.hour_ms + 1;
  }
}

async function readSegments(
  context: StoreContext,
  serviceId: string,
  hoursMs: readonly number[],
): Promise<SampleSegment[]> {
  await context.pause();
  const query = context.db.prepare(SAMPLES).bind(serviceId, JSON.stringify(hoursMs));
  const segments: SampleSegment[] = [];
  for (const row of (await query.all<SampleColumns>()).results) {
    await context.pause();
    const segment = await context.readable(placeOf(serviceId, row.hour_ms), () => decodeColumns(row));
    if (segment) segments.push(segment);
  }
  return segments;
}

function placeOf(serviceId: string, hourMs: number) {
  return { table: "hour_blocks", key: `service_id ${serviceId}, hour_ms ${hourMs}` } as const;
}
