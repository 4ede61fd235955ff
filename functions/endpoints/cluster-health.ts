/**
 * GET /cluster_health: the last known state of everything, served as the bytes that the last commit left.
 * The hottest endpoint: agents and dashboards poll it. The Node runtime answers it without the router by `clusterHealthResponse`.
 * Invariant: the bytes told are true at the moment they are told; what has become stale is shown as unknown.
 */
import { healthBody, healthDocument } from "../../shared/domain/monitoring/health-document.ts";
import { evidenceEndsAtMs } from "../../shared/domain/monitoring/status-since.ts";
import { formatOptional } from "../../shared/domain/text/timestamp.ts";
import { readTransitions } from "../../shared/storage/transition-log.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import type { MonitorContext } from "../context.ts";
import { SECURITY_HEADERS, type Bytes } from "../http/bytes.ts";
import { etagOf, matchesEtag } from "../http/conditional.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { invalidParameters } from "../http/input.ts";
import { flag, instant } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { clusterHealth } from "../wire/schemas.ts";

/** `fresh=true` leaves checks alone that are younger than this (the seed's cache_ttl). */
const FRESH_MAX_AGE_MS = 10_000;

const HEADERS = { ...SECURITY_HEADERS, "content-type": "application/json; charset=utf-8", "cache-control": "no-cache" };

/** `ifNoneMatch` is the request's header. The cluster is used only when the stored body has become stale. */
export function clusterHealthResponse(
  snapshot: Snapshot,
  { nowMs, ifNoneMatch, cluster }: { nowMs: number; ifNoneMatch: string | null | undefined; cluster: Cluster },
): Bytes & { readonly status: 200 | 304; readonly body: string | null } {
  const { generation, moment } = snapshot;
  const isCurrent = nowMs < snapshot.staleAtMs;
  const { body, etag } = isCurrent
    ? snapshot
    : healthBody(moment, { ...cluster, since: snapshot.since, generation, nowMs });
  return conditional({ body, etag, ageMs: nowMs - moment.atMs }, ifNoneMatch);
}

function conditional(
  { body, etag, ageMs }: { readonly body: string; readonly etag: string; readonly ageMs: number },
  ifNoneMatch: string | null | undefined,
): Bytes & { readonly status: 200 | 304; readonly body: string | null } {
  const headers = { ...HEADERS, etag, age: String(Math.max(0, Math.floor(ageMs / 1000))) };
  return matchesEtag(ifNoneMatch, etag) ? { status: 304, headers, body: null } : { status: 200, headers, body };
}

export const clusterHealthEndpoint = defineEndpoint({
  path: "/cluster_health",
  name: "clusterHealth",
  summary: "Health of every service, the overall status and the alerts; conditional with ETag.",
  effect: "read",
  query: {
    fresh: flag(
      "Probe every service whose check is older than 10 s before answering. Waits up to the longest timeout.",
    ),
    at: instant("The cluster as it was at this instant, from the history; without what is told of the present only."),
  },
  response: clusterHealth,
  answersWith: "bytes",
  conditional: true,
  refusals: { unavailable: REFUSALS.unavailable, not_found: "Nothing is stored of that time or before it." },
  async handle({ headers, query, refuse }, context) {
    if (query.at !== undefined) {
      const { at: atMs, fresh } = query;
      if (fresh) throw invalidParameters([{ field: "fresh", message: "expected none beside at" }]);
      if (atMs > context.clock.nowMs())
        throw invalidParameters([{ field: "at", message: "expected an instant in the past" }]);
      const document = await readMoment(context, atMs);
      if (!document) throw refuse("not_found");
      const body = JSON.stringify(document);
      const etag = etagOf(body);
      return conditional({ body, etag, ageMs: context.clock.nowMs() - atMs }, headers.get("if-none-match"));
    }
    if (query.fresh) await context.sweeper.refresh(FRESH_MAX_AGE_MS);
    const snapshot = await context.snapshots.read();
    if (!snapshot) throw refuse("unavailable");
    return clusterHealthResponse(snapshot, {
      nowMs: context.clock.nowMs(),
      ifNoneMatch: headers.get("if-none-match"),
      cluster: context.cluster(),
    });
  },
});

/** What was shown at an instant: the last sweep before it, with what had become stale by then; null when there is none. */
async function readMoment(context: MonitorContext, atMs: number): Promise<object | null> {
  const [moment] = await context.store.listSweeps({ sinceMs: 0, beforeMs: atMs + 1, limit: 1, serviceId: null });
  if (!moment) return null;
  const serviceIds = moment.roster.map(({ id }) => id);
  const sinceMs = Math.min(atMs, ...[...moment.checks.values()].map(({ checkedAtMs }) => checkedAtMs));
  const transitions = await readTransitions(context, { serviceIds, sinceMs, untilMs: atMs + 1 });
  const document = healthDocument(moment, atMs);
  const services = moment.roster.map(({ id, staleAfterMs }) => {
    const check = moment.checks.get(id);
    const endMs = check ? evidenceEndsAtMs(check, staleAfterMs) : Infinity;
    // What has changed since that check was not known yet: the next commit told of it.
    const last = transitions.get(id)?.findLast((each) => check && each.atMs <= check.checkedAtMs);
    return [id, { ...document.services[id], since: formatOptional(endMs < atMs ? endMs : (last?.atMs ?? null)) }];
  });
  return { ...document, services: Object.fromEntries(services) };
}
