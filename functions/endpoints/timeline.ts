/**
 * GET /timeline: what every service was over a range, side by side, in columns wide enough to be seen.
 * Made of the transitions, which are kept for ever. Invariants: a column shows the worst of it; what nobody watched is never healthy;
 * of more services the columns are wider, so that an answer stays small.
 */
import * as z from "zod/mini";
import {
  layOutTimeline,
  timelineRuns,
  timelineSeconds,
  type TimelineGrid,
} from "../../shared/domain/history/timeline.ts";
import { statusSpans } from "../../shared/domain/history/status-spans.ts";
import { kindSpans, UPTIME_KINDS } from "../../shared/domain/history/uptime-kind.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { longResponse } from "../http/long-response.ts";
import { instant, wholeNumber } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { readTimeRange } from "../http/time-range.ts";
import { listConfigured, type Subject } from "../report/subjects.ts";
import { count, named, noted, timestamp } from "../wire/schemas.ts";

const MOST_DAYS = 400;
/** Of all services together: at 40 bytes a run an answer is 1 MB at worst, when each column differs from the one before. */
const MOST_COLUMNS = 25_000;
const LEAST_COLUMNS = 24;
/** Of a thousand services a month is read and told in pieces of some milliseconds. */
const SERVICES_A_PIECE = 20;

const kind = named("TimelineKind", z.enum(UPTIME_KINDS), "What time can be to whom it is reported.");

const serviceTimeline = named(
  "ServiceTimeline",
  z.object({
    service: z.string(),
    name: z.string(),
    t: noted(
      "Where each run of columns begins, in seconds since 1970; it ends where the next one begins.",
      z.array(z.number()),
    ),
    kind: noted("What each run is, at worst; null: nobody watched yet.", z.array(z.nullable(kind))),
    seconds: noted(
      "How long it was of each kind within the range, exactly.",
      z.object({ healthy: count, degraded: count, maintenance: count, unknown: count, down: count }),
    ),
  }),
  "One service over the range; neighbouring columns of the same kind are one run.",
);

export const timelineEndpoint = defineEndpoint({
  path: "/timeline",
  name: "timeline",
  summary: "What every service was over a range, side by side (default: the last 24 hours).",
  effect: "read",
  query: {
    since: instant("Start of the range; default 24 hours before until."),
    until: instant("End of the range, exclusive, at most 400 days after since; default now."),
    points: wholeNumber({
      description: "How many columns at most; fewer where there are more than some 25 services.",
      most: 1_000,
      byDefault: 480,
    }),
  },
  response: z.object({
    since: timestamp,
    until: timestamp,
    step_s: noted("How wide a column is, in seconds.", z.number()),
    services: noted("In the order of the configuration.", z.array(serviceTimeline)),
  }),
  answersWith: "bytes",
  refusals: { unavailable: REFUSALS.unavailable },
  async handle({ query, refuse }, context) {
    const nowMs = context.clock.nowMs();
    const range = readTimeRange(query, { nowMs, longestDays: MOST_DAYS });
    const moment = (await context.snapshots.read())?.moment;
    if (!moment) throw refuse("unavailable");
    const subjects = listConfigured(context, { range, moment, service: null });
    const grid = layOutTimeline(range, mostColumns(query.points, subjects.length));
    return longResponse(context, async (pause) => {
      const services: ValueOf<typeof serviceTimeline>[] = [];
      for (let start = 0; start < subjects.length; start += SERVICES_A_PIECE) {
        await pause();
        const piece = subjects.slice(start, start + SERVICES_A_PIECE);
        const found = await readOutageTransitions(context, { ...range, serviceIds: piece.map(({ id }) => id) });
        services.push(...piece.map((each) => timelineJson(each, found.get(each.id) ?? [], { ...grid, nowMs })));
      }
      return JSON.stringify({
        since: formatTimestamp(range.sinceMs),
        until: formatTimestamp(range.untilMs),
        step_s: grid.stepMs / 1_000,
        services,
      });
    });
  },
});

function mostColumns(points: number, services: number): number {
  return Math.min(points, Math.max(LEAST_COLUMNS, Math.floor(MOST_COLUMNS / Math.max(1, services))));
}

function timelineJson(
  { id, name, range }: Subject,
  transitions: readonly Transition[],
  grid: TimelineGrid & { readonly nowMs: number },
): ValueOf<typeof serviceTimeline> {
  // Nothing is known yet of what is to come.
  const untilMs = Math.min(grid.untilMs, grid.nowMs);
  const spans = kindSpans(statusSpans(transitions, { ...range, untilMs }));
  const runs = timelineRuns(spans, grid);
  return {
    service: id,
    name,
    t: runs.map(({ sinceMs }) => sinceMs / 1_000),
    kind: runs.map((run) => run.kind),
    seconds: timelineSeconds(spans, grid),
  };
}
