/**
 * GET /history: sweeps, newest first, each with the full service data of its moment.
 * GET /history/{service}: the samples of one service over a range, oldest first, a day in one answer.
 * Both read both tiers through the store. Invariants: following `next_cursor` shows every sweep of the query once, whatever is
 * committed meanwhile; each check of a range appears exactly once.
 */
import * as z from "zod/mini";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { healthRenderer, type HealthDocument } from "../../shared/domain/monitoring/health-document.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { longResponse } from "../http/long-response.ts";
import { nextCursor, pageParameters, readPage } from "../http/paging.ts";
import { instant, key, openTimeRange } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { checkTimeRange, readTimeRange } from "../http/time-range.ts";
import { samplesJson } from "../wire/samples-json.ts";
import { checkStatus, clusterHealth, count, intervalS, named, reason, timestamp } from "../wire/schemas.ts";

const MOST_DAYS_OF_SWEEPS = 400;

/** A page holds at most this many service documents, some 3 MB of JSON: up to 10 services every limit, of 1,000 services 10 sweeps. */
const MOST_DOCUMENTS = 10_000;

export const historyEndpoint = defineEndpoint({
  path: "/history",
  name: "history",
  summary: "Past sweeps, newest first, each with the full service data of that moment.",
  effect: "read",
  query: {
    limit: pageParameters.limit,
    service: z.optional(key("Only sweeps in which this configured service was checked, and only its data.")),
    since: instant("Only sweeps at or after this instant."),
    until: instant("Only sweeps before this instant, at most 400 days after since."),
    before: pageParameters.before,
  },
  response: z.object({ history: z.array(clusterHealth), count, interval_s: intervalS, next_cursor: nextCursor }),
  answersWith: "bytes",
  async handle(request, context) {
    const { name, path, query } = request;
    const { service, since, until } = query;
    const { services, intervalMs, roster } = context.cluster();
    if (service !== undefined && !roster.some(({ id }) => id === service)) {
      throw invalidParameters([{ field: "service", message: "expected the key of a configured service" }]);
    }
    const range = openTimeRange(query);
    if (since !== undefined && until !== undefined) checkTimeRange(range, MOST_DAYS_OF_SWEEPS, "since");
    const limit = Math.min(query.limit, Math.max(1, Math.floor(MOST_DOCUMENTS / services.length)));
    const page = readPage({ name, path, query: { ...query, limit } });
    const beforeMs = Math.min(page.after?.place ?? range.untilMs, range.untilMs);
    return longResponse(context, async (pause) => {
      const moments = await context.store.listSweeps({ ...range, beforeMs, limit, serviceId: service ?? null });
      const documentOf = healthRenderer();
      const history: string[] = [];
      for (const moment of moments) {
        await pause();
        history.push(JSON.stringify(only(documentOf(moment), service)));
      }
      const rest = JSON.stringify({
        count: await context.store.countSweeps(),
        interval_s: intervalMs / 1000,
        next_cursor: page.cursorAfter(moments, ({ atMs }: ClusterMoment) => ({ place: atMs })),
      });
      return `{"history":[${history.join()}],${rest.slice(1)}`;
    });
  },
});

/** A month at a check every 30 s is about 90,000 samples and 10 MB of JSON; longer ranges are for rollups. */
const MOST_DAYS_OF_SAMPLES = 31;

const sample = named(
  "Sample",
  z.object({
    timestamp,
    status: checkStatus,
    response_time: z.number(),
    status_code: z.optional(z.int()),
    reason: z.optional(reason),
    error: z.optional(z.string()),
  }),
);

export const serviceHistoryEndpoint = defineEndpoint({
  path: "/history/{service}",
  name: "serviceHistory",
  summary: "Every check of one service over a range (default: the last 24 hours), oldest first.",
  effect: "read",
  pathParameters: { service: key("Key of a configured service.") },
  query: {
    since: instant("Start of the range; default 24 hours before until."),
    until: instant("End of the range, exclusive, at most 31 days after since; default now."),
  },
  response: z.object({
    service: z.string(),
    name: z.string(),
    since: timestamp,
    until: timestamp,
    count,
    interval_s: intervalS,
    samples: z.array(sample),
  }),
  answersWith: "bytes",
  refusals: { not_found: REFUSALS.not_found },
  async handle({ query, path: { service }, refuse }, context) {
    const { roster, intervalMs } = context.cluster();
    const entry = roster.find(({ id }) => id === service);
    if (!entry) throw refuse("not_found");
    const bounds = { nowMs: context.clock.nowMs(), longestDays: MOST_DAYS_OF_SAMPLES };
    const { sinceMs, untilMs } = readTimeRange(query, bounds);
    return longResponse(context, async (pause) => {
      const series = await context.store.readSamples(service, sinceMs, untilMs);
      const head = JSON.stringify({
        service,
        name: entry.name,
        since: formatTimestamp(sinceMs),
        until: formatTimestamp(untilMs),
        count: series.count,
        interval_s: intervalMs / 1000,
      });
      return samplesJson({ head: `${head.slice(0, -1)},"samples":[`, series, tail: "]}" }, pause);
    });
  },
});

function only(document: HealthDocument, service: string | undefined): HealthDocument {
  if (service === undefined) return document;
  const own = document.services[service];
  return { ...document, services: own ? { [service]: own } : {} };
}
