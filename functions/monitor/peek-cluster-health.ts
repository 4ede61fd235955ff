/**
 * The hottest answer without router and promise: GET /cluster_health while the newest snapshot is in memory.
 * Called by the HTTP server of a process that stays alive. Invariant: it is what the endpoint would answer, byte for byte.
 */
import { isAllowedHost } from "../../shared/domain/net/host-name.ts";
import { clusterHealthResponse } from "../endpoints/cluster-health.ts";
import type { MonitorContext } from "../context.ts";
import type { PeekRequest, PeekResponse } from "../../shared/ports/peek.ts";
import type { Probing } from "./probing.ts";

const ENCODER = new TextEncoder();

export function peekClusterHealth(
  { host, ifNoneMatch }: PeekRequest,
  { clock, auth, hostNames, cluster }: MonitorContext,
  probing: Pick<Probing, "peek">,
): PeekResponse | null {
  if (host === undefined || auth().readsNeedToken || !isAllowedHost(host, hostNames())) return null;
  const nowMs = clock.nowMs();
  const cached = probing.peek(nowMs);
  if (!cached) return null;
  const { status, headers, body } = clusterHealthResponse(cached.snapshot, { nowMs, ifNoneMatch, cluster: cluster() });
  if (body === null) return { status, headers, body };
  return { status, headers, body: body === cached.snapshot.body ? cached.bytes : ENCODER.encode(body) };
}
