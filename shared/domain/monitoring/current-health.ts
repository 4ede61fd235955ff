/**
 * The body of `/cluster_health`: made when a sweep is committed, made again when time alone has made it untrue.
 * Pure; called by draft-sweep and by the endpoint. Knows the wire shape through health-document.ts.
 * Invariant: equal entity tags mean equal bytes (of one generation and one 32-bit hash).
 */
import { staleAtMs, type ClusterMoment } from "./cluster-state.ts";
import { fnv1a } from "../text/fnv1a.ts";
import { healthDocument } from "./health-document.ts";

export interface HealthBody {
  readonly body: string;
  /** Strong entity tag, quoted. */
  readonly etag: string;
  /** First instant at which the body is untrue; Infinity when it cannot become so. */
  readonly staleAtMs: number;
}

export interface HealthContext {
  /** Of the commit that holds the moment. */
  readonly generation: number;
  /** The instant to tell about; the moment's own time when it is being committed. */
  readonly nowMs: number;
  /** A sentence that every reader must see, shown as `notice`; null for none. */
  readonly notice: string | null;
  /** How long a critical service goes without being looked at, at most. */
  readonly intervalMs: number;
}

export function healthBody(
  moment: ClusterMoment,
  { generation, nowMs, notice, intervalMs }: HealthContext,
): HealthBody {
  const more = { interval_s: intervalMs / 1000, ...(notice === null ? {} : { notice }) };
  const body = JSON.stringify({ ...healthDocument(moment, nowMs), ...more });
  return {
    body,
    etag: `"${generation.toString(36)}-${fnv1a(body).toString(36)}"`,
    staleAtMs: staleAtMs({ ...moment, atMs: nowMs }),
  };
}
