/**
 * Response times over a range as a chart shows them: columns of equal width, each with its percentiles. Pure.
 * Made of samples while they are few, of rollups beyond. Called by the endpoint of series.
 * Invariants: columns are aligned to their width in UTC, so that the same question later has the same columns; a percentile is over
 * answers only, and null where there was none.
 */
import { quantileIndex } from "./histogram.ts";
import {
  countAnswers,
  isAnswer,
  mergeRollups,
  responseTimeAt,
  RollupBuilder,
  type Rollup,
  type TimedRollup,
} from "./rollup.ts";
import type { SampleSeries } from "./sample-series.ts";
import type { TimeSpan } from "./status-spans.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Widths that people read with ease. Up to a day each divides one; from an hour on each is made of whole hours or days. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY_MS),
];

/** The columns of a chart: `count` of them, one after the other from `startMs` on. */
export interface SeriesGrid {
  /** A multiple of the step, epoch ms. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/**
 * The narrowest columns of which at most `points` cover the range, whole ones at its ends; where one more would touch its beginning
 * that one is left out.
 */
export function layOutSeries({ sinceMs, untilMs }: TimeSpan, points: number): SeriesGrid {
  const narrowestMs = (untilMs - sinceMs) / points;
  let stepMs = STEPS_MS.find((each) => each >= narrowestMs) ?? 56 * DAY_MS;
  while (stepMs < narrowestMs) stepMs *= 2;
  const end = Math.ceil(untilMs / stepMs);
  const count = Math.min(points, end - Math.floor(sinceMs / stepMs));
  return { startMs: (end - count) * stepMs, stepMs, count };
}

/** The next wider columns for the same range: fewer of them. */
export function widenGrid({ sinceMs, untilMs }: TimeSpan, { stepMs }: SeriesGrid): SeriesGrid {
  return layOutSeries({ sinceMs, untilMs }, Math.max(1, Math.ceil((untilMs - sinceMs) / stepMs) - 1));
}

/** Whether it is made of samples: rollups are of an hour at least. */
export function isExact({ stepMs }: SeriesGrid): boolean {
  return stepMs < HOUR_MS;
}

export interface SeriesPoint {
  /** How many answers. */
  readonly count: number;
  /** In ms; null without an answer. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
  /** How many checks timed out, and how long they waited at most. */
  readonly timeouts: number;
  readonly longestTimeoutMs: number | null;
}

/** Where the scale of a chart may end without a few late answers deciding it. */
const TOP_QUANTILE = 0.995;

/** The columns, and all their answers together. */
export interface SeriesFigures {
  readonly points: readonly SeriesPoint[];
  readonly total: Pick<SeriesPoint, "count" | "p50Ms" | "p95Ms" | "maxMs"> & { readonly p995Ms: number | null };
}

const NOTHING: SeriesPoint = {
  count: 0,
  p50Ms: null,
  p95Ms: null,
  maxMs: null,
  timeouts: 0,
  longestTimeoutMs: null,
};

/**
 * Exact. As samples are in the order of time, the answers of a column stand side by side: one list for all of them, sorted piece by
 * piece in place, is a third of the garbage of a list for each.
 */
export function seriesOfSamples(grid: SeriesGrid, { count, segments }: SampleSeries): SeriesFigures {
  const answers = new Float64Array(count);
  let found = 0;
  const columns = Array.from({ length: grid.count }, () => ({ answers: 0, timeouts: 0, longestTimeout: -1 }));
  for (const { baseMs, offsetsMs, tenthMs, verdicts } of segments) {
    verdicts.forEach(({ status }, index) => {
      const column = columns[columnAt(grid, baseMs + (offsetsMs[index] ?? 0))];
      const tenths = tenthMs[index] ?? 0;
      if (!column) return;
      if (isAnswer(status)) {
        answers[found] = tenths;
        found += 1;
        column.answers += 1;
      } else if (status === "timeout") {
        column.timeouts += 1;
        column.longestTimeout = Math.max(column.longestTimeout, tenths);
      }
    });
  }
  let start = 0;
  const sorted: Float64Array[] = [];
  const points = columns.map(({ answers: size, timeouts, longestTimeout }) => {
    const own = answers.subarray(start, start + size).sort();
    start += size;
    sorted.push(own);
    return {
      count: size,
      p50Ms: msOf(own[quantileIndex(size, 0.5)]),
      p95Ms: msOf(own[quantileIndex(size, 0.95)]),
      maxMs: msOf(own[size - 1]),
      timeouts,
      longestTimeoutMs: timeouts === 0 ? null : msOf(longestTimeout),
    };
  });
  return { points, total: totalOf(sorted) };
}

/** Exact as well: whole tenths are tried until as many answers are no later. Sorting all of them once more would take as long as the rest. */
function totalOf(columns: readonly Float64Array[]): SeriesFigures["total"] {
  const count = columns.reduce((sum, { length }) => sum + length, 0);
  const latest = Math.max(...columns.map((own) => own.at(-1) ?? 0));
  const at = (q: number): number | null => {
    if (count === 0) return null;
    let [low, high] = [0, latest];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const earlier = columns.reduce((sum, own) => sum + countUpTo(own, middle), 0);
      if (earlier > quantileIndex(count, q)) high = middle;
      else low = middle + 1;
    }
    return msOf(low);
  };
  return { count, p50Ms: at(0.5), p95Ms: at(0.95), p995Ms: at(TOP_QUANTILE), maxMs: count === 0 ? null : msOf(latest) };
}

/** Of a sorted list how many are no larger. */
function countUpTo(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Percentiles within 2 %, everything else exact. */
export function seriesOfRollups(grid: SeriesGrid, rollups: readonly TimedRollup[]): SeriesFigures {
  const inGrid = rollups.filter(({ atMs }) => columnAt(grid, atMs) >= 0 && columnAt(grid, atMs) < grid.count);
  const all = mergeRollups(inGrid.map(({ rollup }) => rollup));
  const { count, p50Ms, p95Ms, maxMs } = pointOf(all);
  const p995Ms = all.responseTimes && responseTimeAt(all.responseTimes, TOP_QUANTILE);
  return { points: pointsOfRollups(grid, rollups), total: { count, p50Ms, p95Ms, p995Ms, maxMs } };
}

function pointsOfRollups(grid: SeriesGrid, rollups: readonly TimedRollup[]): SeriesPoint[] {
  const byColumn = Map.groupBy(rollups, ({ atMs }) => columnAt(grid, atMs));
  const builder = new RollupBuilder();
  return Array.from({ length: grid.count }, (_, column) => {
    const own = byColumn.get(column);
    if (!own) return NOTHING;
    const [only, ...others] = own;
    if (only && others.length === 0) return pointOf(only.rollup);
    for (const { rollup } of own) builder.addRollup(rollup);
    return pointOf(builder.take());
  });
}

function pointOf(rollup: Rollup): SeriesPoint {
  const { statusCounts, responseTimes: times, longestTimeoutMs } = rollup;
  return {
    count: countAnswers(rollup),
    p50Ms: times && responseTimeAt(times, 0.5),
    p95Ms: times && responseTimeAt(times, 0.95),
    maxMs: times && times.maxMs,
    timeouts: statusCounts.get("timeout") ?? 0,
    longestTimeoutMs,
  };
}

function columnAt({ startMs, stepMs }: SeriesGrid, atMs: number): number {
  return Math.floor((atMs - startMs) / stepMs);
}

function msOf(tenths: number | undefined): number | null {
  return tenths === undefined ? null : tenths / 10;
}
