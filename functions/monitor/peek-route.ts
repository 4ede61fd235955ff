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

interface Kept {
  readonly snapshot: Snapshot;
  readonly cluster: Cluster;
  readonly madeMs: number;
  readonly response: PeekResponse;
}

export function createRoutePeek(
  uses: Pick<MonitorContext, "clock" | "cluster">,
): (url: string, snapshot: Snapshot, nowMs: number) => PeekResponse | null {
  const answers = new Map<string, Kept>();
  return (url, snapshot, nowMs) => {
    const cluster = uses.cluster();
    const kept = answers.get(url);
    const isSame = kept?.snapshot === snapshot && kept.cluster === cluster;
    if (kept && isSame && nowMs >= kept.madeMs && nowMs - kept.madeMs < KEPT_MS) return kept.response;
    const response = respond(url, presentOf(snapshot, uses));
    if (!response) return null;
    if (answers.size >= MOST_KEPT) answers.clear();
    answers.set(url, { snapshot, cluster, madeMs: nowMs, response });
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
