/**
 * `GET /route` as the endpoint would answer it, for peek.ts: agents ask before each call.
 * Invariants: null for whatever the endpoint would refuse, so that the router says why; an answer is made anew for another commit or
 * configuration, and when it is older than a tenth of a second, as it says how old its evidence is.
 */
import type { PeekResponse } from "../../shared/ports/peek.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import type { MonitorContext } from "../context.ts";
import { decideRoute, isRefused, readWishes } from "../endpoints/route.ts";
import { jsonBytes } from "../http/bytes.ts";
import { presentOf, type Present } from "../routing/read-ranking.ts";

const KEPT_MS = 100;

/** Agents ask with a handful of different wishes. */
const MOST_KEPT = 100;

/** Those of one moment; nothing of an earlier one is kept, as a snapshot may be large. */
interface Kept {
  readonly snapshot: Snapshot;
  readonly cluster: Cluster;
  readonly madeMs: number;
  readonly answers: Map<string, PeekResponse>;
}

export function createRoutePeek(
  uses: Pick<MonitorContext, "clock" | "cluster">,
): (url: string, snapshot: Snapshot, nowMs: number) => PeekResponse | null {
  let kept: Kept | null = null;
  return (url, snapshot, nowMs) => {
    const cluster = uses.cluster();
    const isSame = kept?.snapshot === snapshot && kept.cluster === cluster;
    const isOfNow = kept !== null && nowMs >= kept.madeMs && nowMs - kept.madeMs < KEPT_MS;
    if (!kept || !isSame || !isOfNow) kept = { snapshot, cluster, madeMs: nowMs, answers: new Map() };
    const { answers } = kept;
    const response = answers.get(url) ?? respond(url, presentOf(snapshot, uses));
    if (response && answers.size < MOST_KEPT) answers.set(url, response);
    return response;
  };
}

function respond(url: string, present: Present): PeekResponse | null {
  const query = readWishes(url);
  if (!query || !Object.hasOwn(present.cluster.routes, query.capability)) return null;
  const value = decideRoute(query, present);
  const body = JSON.stringify(value);
  const { headers } = jsonBytes(body);
  const length = String(new TextEncoder().encode(body).byteLength);
  return { status: isRefused(value) ? 503 : 200, headers: { ...headers, "content-length": length }, body };
}
