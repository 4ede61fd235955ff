/**
 * GET /series/{service}: response times of one service over a range in the columns of a chart, with outages, maintenance and marks.
 * Made of samples, of hour blocks or of day rollups, whatever is enough for the width of a column.
 * Invariant: an answer is no larger than a number of bytes, whatever was measured and whatever people wrote; what is left out is counted.
 */
import * as z from "zod/mini";
import { clipSpans } from "../../shared/domain/history/episodes.ts";
import { listOutages } from "../../shared/domain/history/outages.ts";
import { rankSpans } from "../../shared/domain/history/rank-spans.ts";
import {
  isExact,
  layOutSeries,
  seriesOfRollups,
  seriesOfSamples,
  widenGrid,
  type SeriesFigures,
  type SeriesGrid,
} from "../../shared/domain/history/series.ts";
import { joinSpans, statusSpans, type SpanRange, type TimeSpan } from "../../shared/domain/history/status-spans.ts";
import { utf8Bytes } from "../../shared/domain/monitoring/body-data.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import { formatTimestamp, LATEST_MS } from "../../shared/domain/text/timestamp.ts";
import { countMarks, listMarks } from "../../shared/storage/marks.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { longResponse } from "../http/long-response.ts";
import { instant, key, wholeNumber } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { readTimeRange } from "../http/time-range.ts";
import { findSubject } from "../report/find-subject.ts";
import type { Subject } from "../report/subjects.ts";
import { count, named, noted, nullableTimestamp, reason, timestamp } from "../wire/schemas.ts";
import { shareBytes } from "../wire/share-bytes.ts";

/** As long as anybody has run it; a day of each fits into a thousand columns for some three years. */
const MOST_DAYS = 3_660;
/** A chart has no room for more. */
const MOST_SPANS = 30;
const MOST_MARKS = 20;

const USUAL_POINTS = 288;
/** What is promised for as many columns, and what a column more may add: a wide one of a fast service that is asked five times a second. */
const MOST_BYTES = 12_000;
const BYTES_A_COLUMN = 50;
/** Kept free of columns: the longest outage, the longest maintenance and a short mark. */
const BYTES_BESIDE = 450;

const POINTS = `How many columns at most; fewer where an answer would be larger than ${MOST_BYTES} bytes, or ${BYTES_A_COLUMN} more for each column beyond ${USUAL_POINTS}. Fewer columns leave more room for what stands beside them.`;

const seconds = (meaning: string) =>
  noted(`${meaning}, of answers only, in seconds; null without an answer.`, z.array(z.nullable(z.number())));

const quantileS = z.nullable(z.number());

const span = { since: timestamp, until: nullableTimestamp };

export const seriesEndpoint = defineEndpoint({
  path: "/series/{service}",
  name: "series",
  summary: "Response times of one service over a range, as columns for a chart (default: the last 24 hours).",
  effect: "read",
  pathParameters: { service: key("Key of a service, also of one that has been removed.") },
  query: {
    since: instant("Start of the range; default 24 hours before until."),
    until: instant("End of the range, exclusive, at most 3660 days after since; default now."),
    points: wholeNumber({ description: POINTS, most: 1_000, byDefault: USUAL_POINTS }),
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
    total: noted(
      "Of all columns together; percentiles null without an answer.",
      z.object({ count, p50: quantileS, p95: quantileS, p99_5: quantileS, max: quantileS }),
    ),
    outages: noted(
      `The ${MOST_SPANS} longest times that it was seen down, or as many as there is room for, oldest first; cut at the ends of the range, null: it goes on. An outage that nobody watched for a while has several.`,
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
    outage_spans_total: noted("How many times it was seen down, those included that are left out.", count),
    maintenance: noted(
      `The ${MOST_SPANS} longest times that it was in maintenance, or as many as there is room for, oldest first; null: it goes on.`,
      z.array(named("Span", z.object(span))),
    ),
    maintenance_total: noted("How often it was in maintenance, those included that are left out.", count),
    marks: noted(
      `The newest ${MOST_MARKS} marks of the service and of the cluster, or as many as there is room for, oldest first; GET /marks has all.`,
      z.array(named("SeriesMark", z.object({ at: timestamp, text: z.string(), service: z.nullable(z.string()) }))),
    ),
    marks_total: noted("How many marks there are, those included that are left out.", count),
  }),
  answersWith: "bytes",
  refusals: { not_found: REFUSALS.not_found },
  async handle({ query, path: { service }, refuse }, context) {
    const entry = await findSubject(context, service);
    if (!entry) throw refuse("not_found");
    const range = readTimeRange(query, { nowMs: context.clock.nowMs(), longestDays: MOST_DAYS });
    const mostBytes = MOST_BYTES + Math.max(0, query.points - USUAL_POINTS) * BYTES_A_COLUMN;
    return longResponse(context, async (pause) => {
      let grid = layOutSeries(range, query.points);
      let head = await drawColumns(context, entry, grid);
      while (utf8Bytes(head) > mostBytes - BYTES_BESIDE) {
        await pause();
        grid = widenGrid(range, grid);
        head = await drawColumns(context, entry, grid);
      }
      await pause();
      const beside = fitBeside(await readBeside(context, entry, grid), mostBytes - utf8Bytes(head));
      return `${head.slice(0, -1)},${JSON.stringify(beside).slice(1)}`;
    });
  },
});

/** The answer up to what stands beside the columns, as JSON. */
async function drawColumns(context: MonitorContext, { id, name }: Subject, grid: SeriesGrid): Promise<string> {
  return JSON.stringify({ service: id, name, ...columns(grid, await readFigures(context, id, grid)) });
}

function extentOf({ startMs, stepMs, count: columnCount }: SeriesGrid): TimeSpan {
  return { sinceMs: startMs, untilMs: startMs + columnCount * stepMs };
}

async function readFigures({ store }: MonitorContext, serviceId: string, grid: SeriesGrid): Promise<SeriesFigures> {
  const extent = extentOf(grid);
  if (!isExact(grid))
    return seriesOfRollups(grid, await store.readRollups({ serviceId, stepMs: grid.stepMs, ...extent }));
  return seriesOfSamples(grid, await store.readSamples(serviceId, extent.sinceMs, extent.untilMs));
}

function columns(grid: SeriesGrid, { points, total }: SeriesFigures) {
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
    total: {
      count: total.count,
      p50: secondsOf(total.p50Ms),
      p95: secondsOf(total.p95Ms),
      p99_5: secondsOf(total.p995Ms),
      max: secondsOf(total.maxMs),
    },
  };
}

/** Four digits, since more would be noise: half of the ten thousandth that they leave is within the 2 %. */
function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Number((ms / 1_000).toPrecision(4));
}

/** What stands beside the columns, each list by rank: what must not be left out comes first. */
async function readBeside(context: MonitorContext, { id, range }: Subject, grid: SeriesGrid) {
  const { sinceMs, untilMs } = extentOf(grid);
  const endMs = Math.min(untilMs, Math.max(sinceMs, context.clock.nowMs()));
  const [transitions, marks, marksTotal] = await Promise.all([
    readOutageTransitions(context, { serviceIds: [id], sinceMs, untilMs: endMs }),
    listMarks(context, { sinceMs, untilMs, service: id, after: null, limit: MOST_MARKS }),
    countMarks(context, { sinceMs, untilMs, service: id }),
  ]);
  const own = transitions.get(id) ?? [];
  const known = { sinceMs, untilMs: endMs, evidenceEndsAtMs: range.evidenceEndsAtMs };
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
    outages: rankSpans(seen, endMs)
      .slice(0, MOST_SPANS)
      .map((each) => ({ ...spanJson(each), reason: each.reason })),
    outagesTotal: outages.length,
    outageSpansTotal: seen.length,
    maintenance: rankSpans(maintenance, endMs).slice(0, MOST_SPANS).map(spanJson),
    maintenanceTotal: maintenance.length,
    marks: marks.map(({ atMs, text, service }) => ({ at: formatTimestamp(atMs), text, service })),
    marksTotal,
  };
}

/** As much of it as there is room for, each list in the order of time. */
function fitBeside(beside: Awaited<ReturnType<typeof readBeside>>, bytes: number) {
  const { outages, maintenance, marks } = beside;
  const first = (counts: readonly number[]) => ({
    outages: outages.slice(0, counts[0]).sort(bySince),
    outages_total: beside.outagesTotal,
    outage_spans_total: beside.outageSpansTotal,
    maintenance: maintenance.slice(0, counts[1]).sort(bySince),
    maintenance_total: beside.maintenanceTotal,
    marks: marks.slice(0, counts[2]).reverse(),
    marks_total: beside.marksTotal,
  });
  const frameBytes = JSON.stringify(first([0, 0, 0])).length;
  return first(shareBytes([outages, maintenance, marks], bytes - frameBytes));
}

/** They have the same length and zone, so that their order is that of time. */
function bySince(left: { readonly since: string }, right: { readonly since: string }): number {
  return left.since < right.since ? -1 : 1;
}

function listMaintenance(transitions: readonly Transition[], range: SpanRange): TimeSpan[] {
  if (!transitions.some(({ to }) => to === "maintenance")) return [];
  const kinds = joinSpans(statusSpans(transitions, range), (status) => status === "maintenance");
  return kinds.filter(({ kind }) => kind);
}
