/**
 * GET /cluster_health: the last known state of everything, served as the bytes that the last commit left.
 * The hottest endpoint: agents and dashboards poll it. The Node runtime answers it without the router by `clusterHealthResponse`.
 * Invariant: the bytes told are true at the moment they are told; what has become stale is shown as unknown.
 */
import { healthBody } from "../../shared/domain/monitoring/health-document.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import { SECURITY_HEADERS, type Bytes } from "../http/bytes.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { flag } from "../http/parameters.ts";
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
  const ageS = Math.max(0, Math.floor((nowMs - moment.atMs) / 1000));
  const headers = { ...HEADERS, etag, age: String(ageS) };
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
  },
  response: clusterHealth,
  answersWith: "bytes",
  conditional: true,
  refusals: { unavailable: REFUSALS.unavailable },
  async handle({ headers, query, refuse }, context) {
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

/** RFC 9110 §13.1.2: weak comparison against a list; `*` matches whatever there is. */
function matchesEtag(ifNoneMatch: string | null | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false;
  if (ifNoneMatch.trim() === "*") return true;
  return ifNoneMatch.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === etag);
}
