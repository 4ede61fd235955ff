/**
 * GET /history: sweeps, newest first, each with the full service data of its moment.
 * Reads both tiers through the store. Invariant: following `next_cursor` shows every sweep of the query once, whatever is
 * committed meanwhile.
 */
import * as z from "zod/mini";
import { AppError } from "../../shared/domain/app-error.ts";
import { readCursor, writeCursor } from "../../shared/domain/cursor.ts";
import { healthDocument } from "../../shared/domain/health-document.ts";
import type { ClusterMoment } from "../../shared/domain/cluster-state.ts";
import { clusterHealth, intervalS } from "../answer-schemas.ts";
import { defineEndpoint } from "../endpoint.ts";
import { jsonAnswer } from "../headers.ts";
import { invalidParameters } from "../parameter.ts";
import { instant, limit, shortText } from "../parameters.ts";
import { checkedSpan } from "../span.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";

const LONGEST_SPAN_DAYS = 400;

/** A page holds at most this many service documents, some 6 MB of JSON: up to 20 services every limit, of 1,000 services 20 sweeps. */
const MOST_DOCUMENTS = 20_000;

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
  answer: z.object({
    history: z.array(clusterHealth),
    count: z.int(),
    interval_s: intervalS,
    next_cursor: z.nullable(z.string()),
  }),
  async handle({ query }, { host, store }) {
    const { service } = query;
    const most = Math.min(query.limit, Math.max(1, Math.floor(MOST_DOCUMENTS / host.cluster().services.length)));
    requireConfigured(service, host.cluster());
    const span = spanOf(query);
    const signature = `${service ?? ""} ${query.since ?? ""} ${query.until ?? ""}`;
    const beforeMs = query.before === null ? span.untilMs : position(query.before, signature);
    const moments = await store.listSweeps({
      sinceMs: span.sinceMs,
      beforeMs: Math.min(beforeMs, span.untilMs),
      limit: most,
      serviceId: service,
    });
    const last = moments.at(-1);
    return jsonAnswer({
      history: moments.map((moment) => entryOf(moment, service)),
      count: await store.countSweeps(),
      interval_s: host.cluster().intervalMs / 1000,
      next_cursor: last && moments.length === most ? writeCursor(last.atMs, signature) : null,
    });
  },
});

function entryOf(moment: ClusterMoment, service: string | null): unknown {
  const document = healthDocument(moment);
  if (service === null) return document;
  const own = document.services[service];
  return { ...document, services: own ? { [service]: own } : {} };
}

function spanOf({ since, until }: { since: number | null; until: number | null }): {
  sinceMs: number;
  untilMs: number;
} {
  if (since === null || until === null) return { sinceMs: since ?? 0, untilMs: until ?? END_OF_TIME_MS };
  return checkedSpan({ sinceMs: since, untilMs: until }, LONGEST_SPAN_DAYS);
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
