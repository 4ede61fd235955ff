/**
 * GET /cluster_health: the last known state of everything, served as the bytes that the last commit left.
 * The hottest endpoint: agents and dashboards poll it. The Node host answers it without the router through `clusterHealthResponse`.
 * Invariant: the bytes told are true at the moment they are told; what has become stale is shown as unknown.
 */
import { healthBody } from "../../shared/domain/monitoring/current-health.ts";
import { AppError } from "../../shared/domain/app-error.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import { clusterHealth } from "../wire/response-schemas.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { matchesEtag, SECURITY_HEADERS } from "../http/headers.ts";
import { flag } from "../http/parameters.ts";

/** `fresh=true` leaves checks alone that are younger than this (the seed's cache_ttl). */
const FRESH_MAX_AGE_MS = 10_000;

const HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-cache",
};

export interface ClusterHealthResponse {
  readonly status: 200 | 304;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for 304. */
  readonly body: string | null;
}

/** `ifNoneMatch` is the request's header. The cluster is used only when the stored body has become stale. */
export function clusterHealthResponse(
  snapshot: Snapshot,
  { nowMs, ifNoneMatch, cluster }: { nowMs: number; ifNoneMatch: string | null | undefined; cluster: Cluster },
): ClusterHealthResponse {
  const { generation, moment } = snapshot;
  const isCurrent = nowMs < snapshot.staleAtMs;
  const { body, etag } = isCurrent ? snapshot : healthBody(moment, { ...cluster, generation, nowMs });
  const ageS = Math.max(0, Math.floor((nowMs - moment.atMs) / 1000));
  const headers = { ...HEADERS, etag, age: String(ageS) };
  return matchesEtag(ifNoneMatch, etag) ? { status: 304, headers, body: null } : { status: 200, headers, body };
}

export const clusterHealthEndpoint = defineEndpoint({
  path: "/cluster_health",
  name: "clusterHealth",
  summary: "Health of every service, the overall status and the alerts; conditional with ETag.",
  parameters: {
    fresh: flag(
      "Probe every service whose check is older than 10 s before answering. Waits up to the longest timeout.",
    ),
  },
  response: clusterHealth,
  otherResponses: { 304: "Not changed since the ETag given in If-None-Match.", 503: "Nothing has been committed yet." },
  async handle({ request, query }, { host }) {
    if (query.fresh) await host.sweeper.refresh(FRESH_MAX_AGE_MS);
    const snapshot = await host.snapshots.read();
    if (!snapshot) throw new AppError("unavailable", "Nothing has been committed yet; ask again in a second.");
    const { status, headers, body } = clusterHealthResponse(snapshot, {
      nowMs: host.clock.nowMs(),
      ifNoneMatch: request.headers.get("if-none-match"),
      cluster: host.cluster(),
    });
    return new Response(body, { status, headers });
  },
});
