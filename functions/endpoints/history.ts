/**
 * GET /history: sweeps, newest first, each with the full service data of its moment.
 * Reads both tiers through the store. Invariant: following `next_cursor` shows every sweep of the query once, whatever is
 * committed meanwhile.
 */
import * as z from "zod/mini";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { healthRenderer, type HealthDocument } from "../../shared/domain/monitoring/health-document.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonList, longResponse } from "../http/long-response.ts";
import { nextCursor, pageParameters, readPage } from "../http/paging.ts";
import { invalidParameters } from "../http/input.ts";
import { instant, key } from "../http/parameters.ts";
import { checkTimeRange, openTimeRange } from "../http/time-range.ts";
import { clusterHealth, count, intervalS } from "../wire/schemas.ts";

const LONGEST_RANGE_DAYS = 400;

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
  async handle({ query }, context) {
    const { service, since, until } = query;
    const { services, intervalMs, roster } = context.cluster();
    requireConfigured(service, roster);
    const range = openTimeRange(query);
    if (since !== undefined && until !== undefined) checkTimeRange(range, LONGEST_RANGE_DAYS);
    const limit = Math.min(query.limit, Math.max(1, Math.floor(MOST_DOCUMENTS / services.length)));
    const page = readPage({ ...query, limit });
    const beforeMs = Math.min(page.after?.place ?? range.untilMs, range.untilMs);
    return longResponse(context, async (pause) => {
      const moments = await context.store.listSweeps({ ...range, beforeMs, limit, serviceId: service ?? null });
      const documentOf = healthRenderer();
      const history = await jsonList(moments, pause, (moment) => only(documentOf(moment), service));
      const rest = JSON.stringify({
        count: await context.store.countSweeps(),
        interval_s: intervalMs / 1000,
        next_cursor: page.cursorAfter(moments, ({ atMs }: ClusterMoment) => ({ place: atMs })),
      });
      return `{"history":${history},${rest.slice(1)}`;
    });
  },
});

function only(document: HealthDocument, service: string | undefined): HealthDocument {
  if (service === undefined) return document;
  const own = document.services[service];
  return { ...document, services: own ? { [service]: own } : {} };
}

function requireConfigured(service: string | undefined, roster: Cluster["roster"]): void {
  if (service === undefined || roster.some(({ id }) => id === service)) return;
  throw invalidParameters([{ field: "service", message: "expected the key of a configured service" }]);
}
