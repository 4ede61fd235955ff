/**
 * GET /series/{service}: response times of one service over a range in the columns of a chart, with outages, maintenance and marks.
 * Made of samples, of hour blocks or of day rollups, whatever is enough for the width of a column.
 * Invariant: a year is no larger than a day; what is left out of it is counted.
 */
import * as z from "zod/mini";
import { longestSpans } from "../../shared/domain/history/longest-spans.ts";
import { clipSpans } from "../../shared/domain/history/episodes.ts";
import { listOutages } from "../../shared/domain/history/outages.ts";
import {
  isExact,
  layOutSeries,
  seriesOfRollups,
  seriesOfSamples,
  type SeriesGrid,
  type SeriesPoint,
} from "../../shared/domain/history/series.ts";
import { joinSpans, statusSpans, type SpanRange, type TimeSpan } from "../../shared/domain/history/status-spans.ts";
import type { RosterEntry } from "../../shared/domain/monitoring/service.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import { formatTimestamp, LATEST_MS } from "../../shared/domain/text/timestamp.ts";
import { listMarks } from "../../shared/storage/marks.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { longResponse } from "../http/long-response.ts";
import { instant, key, wholeNumber } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { readTimeRange } from "../http/time-range.ts";
import { count, named, noted, nullableTimestamp, reason, timestamp } from "../wire/schemas.ts";

/** As long as anybody has run it; a day of each fits into a thousand columns for some three years. */
const MOST_DAYS = 3_660;
/** A chart has no room for more, and an answer stays below 12 kB. */
const MOST_SPANS = 30;
const MOST_MARKS = 20;

const seconds = (meaning: string) =>
  noted(`${meaning}, of answers only, in seconds; null without an answer.`, z.array(z.nullable(z.number())));

const span = { since: timestamp, until: nullableTimestamp };

export const seriesEndpoint = defineEndpoint({
  path: "/series/{service}",
  name: "series",
  summary: "Response times of one service over a range, as columns for a chart (default: the last 24 hours).",
  effect: "read",
  pathParameters: { service: key("Key of a configured service.") },
  query: {
    since: instant("Start of the range; default 24 hours before until."),
    until: instant("End of the range, exclusive, at most 3660 days after since; default now."),
    points: wholeNumber({ description: "How many columns at most.", most: 1_000, byDefault: 288 }),
  },
  response: z.object({
    service: z.string(),
    name: z.string(),
    since: timestamp,
    until: timestamp,
    step_s: noted(
      "How wide a column is, in seconds. Columns are aligned to it in UTC: the first begins at since, the last ends at until.",
      z.number(),
    ),
    exact: noted("Whether percentiles are those of the samples; else they are within 2 % of them.", z.boolean()),
    t: noted("Where each column begins, in seconds since 1970.", z.array(z.number())),
    p50: seconds("Half of all answers were no later"),
    p95: seconds("95 % of all answers were no later"),
    max: seconds("The latest answer"),
    count: noted(
      "How many answers: whatever they said, HTTP 503 as well. A refused connection, an unknown name and a time-out are none.",
      z.array(count),
    ),
    timeouts: noted(
      "How many checks timed out. They have no response time; timeout_s says how long they waited.",
      z.array(count),
    ),
    timeout_s: noted(
      "How long checks that timed out waited in vain, at most, in seconds; null when none did.",
      z.nullable(z.number()),
    ),
    outages: noted(
      `The ${MOST_SPANS} longest times that it was seen down, oldest first; cut at the ends of the range, null: it goes on. An outage that nobody watched for a while has several.`,
      z.array(
        named(
          "Outage",
          z.object({ ...span, reason: noted("Of the first failing check of the outage.", z.nullable(reason)) }),
        ),
      ),
    ),
    outages_total: noted(
      "How many outages these are of, as /uptime counts them, those included that are left out.",
      count,
    ),
    maintenance: noted(
      `The ${MOST_SPANS} longest times that it was in maintenance, oldest first; null: it goes on.`,
      z.array(named("Span", z.object(span))),
    ),
    marks: noted(
      `The newest ${MOST_MARKS} marks of the service and of the cluster, oldest first; GET /marks has all.`,
      z.array(named("SeriesMark", z.object({ at: timestamp, text: z.string(), service: z.nullable(z.string()) }))),
    ),
  }),
  answersWith: "bytes",
  refusals: { not_found: REFUSALS.not_found },
  async handle({ query, path: { service }, refuse }, context) {
    const entry = context.cluster().roster.find(({ id }) => id === service);
    if (!entry) throw refuse("not_found");
    const range = readTimeRange(query, { nowMs: context.clock.nowMs(), longestDays: MOST_DAYS });
    const grid = layOutSeries(range, query.points);
    return longResponse(context, async (pause) => {
      const points = await readPoints(context, service, grid);
      await pause();
      const beside = await readBeside(context, entry, grid);
      return JSON.stringify({ service, name: entry.name, ...columns(grid, points), ...beside });
    });
  },
});

function extentOf({ startMs, stepMs, count: columnCount }: SeriesGrid): TimeSpan {
  return { sinceMs: startMs, untilMs: startMs + columnCount * stepMs };
}

async function readPoints({ store }: MonitorContext, serviceId: string, grid: SeriesGrid): Promise<SeriesPoint[]> {
  const extent = extentOf(grid);
  if (!isExact(grid))
    return seriesOfRollups(grid, await store.readRollups({ serviceId, stepMs: grid.stepMs, ...extent }));
  return seriesOfSamples(grid, await store.readSamples(serviceId, extent.sinceMs, extent.untilMs));
}

function columns(grid: SeriesGrid, points: readonly SeriesPoint[]) {
  const { sinceMs, untilMs } = extentOf(grid);
  const longestMs = Math.max(...points.map(({ longestTimeoutMs }) => longestTimeoutMs ?? -1));
  return {
    since: formatTimestamp(sinceMs),
    until: formatTimestamp(Math.min(untilMs, LATEST_MS)),
    step_s: grid.stepMs / 1_000,
    exact: isExact(grid),
    t: points.map((_, index) => (sinceMs + index * grid.stepMs) / 1_000),
    p50: points.map(({ p50Ms }) => secondsOf(p50Ms)),
    p95: points.map(({ p95Ms }) => secondsOf(p95Ms)),
    max: points.map(({ maxMs }) => secondsOf(maxMs)),
    count: points.map((point) => point.count),
    timeouts: points.map(({ timeouts }) => timeouts),
    timeout_s: longestMs < 0 ? null : secondsOf(longestMs),
  };
}

/** Four digits, since more would be noise: half of the ten thousandth that they leave is within the 2 %. */
function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Number((ms / 1_000).toPrecision(4));
}

async function readBeside(context: MonitorContext, { id, staleAfterMs }: RosterEntry, grid: SeriesGrid) {
  const { sinceMs, untilMs } = extentOf(grid);
  const endMs = Math.min(untilMs, Math.max(sinceMs, context.clock.nowMs()));
  const [snapshot, transitions, marks] = await Promise.all([
    context.snapshots.read(),
    readOutageTransitions(context, { serviceIds: [id], sinceMs, untilMs: endMs }),
    listMarks(context, { sinceMs, untilMs, service: id, after: null, limit: MOST_MARKS }),
  ]);
  const check = snapshot?.moment.checks.get(id);
  const evidenceEndsAtMs = check ? check.checkedAtMs + staleAfterMs : 0;
  const own = transitions.get(id) ?? [];
  const known = { sinceMs, untilMs: endMs, evidenceEndsAtMs };
  const outages = listOutages(own, known);
  const seen = outages.flatMap((outage) =>
    clipSpans(outage.seen, known).map((each) => ({ ...each, reason: outage.reason })),
  );
  const maintenance = listMaintenance(own, known);
  const spanJson = (each: TimeSpan) => ({
    since: formatTimestamp(each.sinceMs),
    until: each.untilMs === endMs ? null : formatTimestamp(each.untilMs),
  });
  return {
    outages: longestSpans(seen, MOST_SPANS).map((each) => ({ ...spanJson(each), reason: each.reason })),
    outages_total: outages.length,
    maintenance: longestSpans(maintenance, MOST_SPANS).map(spanJson),
    marks: marks.toReversed().map(({ atMs, text, service }) => ({ at: formatTimestamp(atMs), text, service })),
  };
}

function listMaintenance(transitions: readonly Transition[], range: SpanRange): TimeSpan[] {
  if (!transitions.some(({ to }) => to === "maintenance")) return [];
  const kinds = joinSpans(statusSpans(transitions, range), (status) => status === "maintenance");
  return kinds.filter(({ kind }) => kind);
}
