/**
 * GET /history: sweeps, newest first, each with the full service data of its moment.
 * Reads both tiers through the store. Invariant: following `next_cursor` shows every sweep of the query once, whatever is
 * committed meanwhile.
 */
import * as z from "zod/mini";
import { AppError } from "../../shared/domain/app-error.ts";
import { readCursor, writeCursor } from "../../shared/domain/text/cursor.ts";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { healthRenderer, type HealthDocument } from "../../shared/domain/monitoring/health-document.ts";
import { clusterHealth, intervalS } from "../wire/response-schemas.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonList, longResponse } from "../http/long-response.ts";
import { invalidParameters } from "../http/parameter.ts";
import { instant, limit, shortText } from "../http/parameters.ts";
import { checkTimeRange } from "../http/time-range.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";

const LONGEST_RANGE_DAYS = 400;

/** A page holds at most this many service documents, some 3 MB of JSON: up to 10 services every limit, of 1,000 services 10 sweeps. */
const MOST_DOCUMENTS = 10_000;

/** 9999-12-31, the last instant that the wire format can show. */
const END_OF_TIME_MS = 253_402_300_799_999;

export const historyEndpoint = defineEndpoint({
  path: "/history",
  name: "history",
  summary: "Past sweeps, newest first, each with the full service data of that moment.",
  parameters: {
    limit,
    service: shortText(
      "Only sweeps in which this service was checked, and only its data.",
      "the key of a configured service",
    ),
    since: instant("Only sweeps at or after this instant."),
    until: instant("Only sweeps before this instant."),
    before: shortText("The next_cursor of the page before.", "a next_cursor of this same query"),
  },
  response: z.object({
    history: z.array(clusterHealth),
    count: z.int(),
    interval_s: intervalS,
    next_cursor: z.nullable(z.string()),
  }),
  async handle({ query }, { host, store }) {
    const { service } = query;
    const most = Math.min(query.limit, Math.max(1, Math.floor(MOST_DOCUMENTS / host.cluster().services.length)));
    requireConfigured(service, host.cluster());
    const range = rangeOf(query);
    const signature = `${service ?? ""} ${query.since ?? ""} ${query.until ?? ""}`;
    const beforeMs = query.before === null ? range.untilMs : position(query.before, signature);
    const wanted = { ...range, beforeMs: Math.min(beforeMs, range.untilMs), limit: most, serviceId: service };
    return longResponse(host, async (pause) => {
      const moments = await store.listSweeps(wanted);
      const documentOf = healthRenderer();
      const render = (moment: ClusterMoment): unknown => entryOf(documentOf(moment), service);
      const history = await jsonList(moments, { itemsATurn: 1, pause, render });
      const last = moments.at(-1);
      const cursor = last && moments.length === most ? writeCursor(last.atMs, signature) : null;
      const count = await store.countSweeps();
      const rest = JSON.stringify({ count, interval_s: host.cluster().intervalMs / 1000, next_cursor: cursor });
      return `{"history":${history},${rest.slice(1)}`;
    });
  },
});

function entryOf(document: HealthDocument, service: string | null): unknown {
  if (service === null) return document;
  const own = document.services[service];
  return { ...document, services: own ? { [service]: own } : {} };
}

function rangeOf({ since, until }: { since: number | null; until: number | null }): {
  sinceMs: number;
  untilMs: number;
} {
  if (since === null || until === null) return { sinceMs: since ?? 0, untilMs: until ?? END_OF_TIME_MS };
  return checkTimeRange({ sinceMs: since, untilMs: until }, LONGEST_RANGE_DAYS);
}

function position(cursor: string, signature: string): number {
  const atMs = readCursor(cursor, signature);
  if (atMs !== null) return atMs;
  const faults = [{ field: "before", message: "expected a next_cursor of this same query" }];
  throw new AppError("invalid_cursor", "before: expected a next_cursor of this same query", { faults });
}

function requireConfigured(service: string | null, { roster }: Cluster): void {
  if (service === null || roster.some(({ id }) => id === service)) return;
  throw invalidParameters([{ field: "service", message: "expected the key of a configured service" }]);
}
