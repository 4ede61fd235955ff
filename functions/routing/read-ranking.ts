/**
 * The endpoints of a capability as they rank at this moment, by the last commit and the configuration in force. Called by the endpoints
 * that tell agents where to call. Invariant: evidence that has become stale counts as none.
 */
import { holdChoice } from "../../shared/domain/routing/choice.ts";
import { evidenceFor } from "../../shared/domain/routing/evidence.ts";
import { rankEndpoints, type Asked, type Evidence, type Ranking } from "../../shared/domain/routing/rank.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import type { MonitorContext } from "../context.ts";

/** An answer may be kept for so long, at least and at most; checks come every few seconds where something fails. */
const SHORTEST_VALID_MS = 1_000;
const LONGEST_VALID_MS = 10_000;

/** What rankings of one moment are made of. */
export interface Present {
  readonly nowMs: number;
  /** Null: nothing has been committed yet. */
  readonly snapshot: Snapshot | null;
  readonly cluster: Cluster;
  evidenceOf(id: string): Evidence;
}

type Uses = Pick<MonitorContext, "snapshots" | "clock" | "cluster">;

export async function readPresent(uses: Uses): Promise<Present> {
  return presentOf(await uses.snapshots.read(), uses);
}

export function presentOf(snapshot: Snapshot | null, uses: Omit<Uses, "snapshots">): Present {
  const cluster = uses.cluster();
  const nowMs = uses.clock.nowMs();
  const moment = snapshot?.moment ?? { roster: cluster.roster, checks: new Map() };
  const evidenceOf = evidenceFor(cluster.routes, { moment, services: cluster.servicesById, nowMs });
  return { nowMs, snapshot, cluster, evidenceOf };
}

/** As it was decided by the last commit, unless the moment or what is asked for speaks against it. */
export function rankNow(capability: string, asked: Asked, { cluster, snapshot, evidenceOf }: Present): Ranking {
  const ranking = rankEndpoints(cluster.routes[capability] ?? [], asked, evidenceOf);
  return holdChoice(ranking, snapshot?.routing?.get(capability), asked);
}

/** How long an answer may be kept, in ms: no longer than until somebody looks again, or what is known becomes too old. */
export function validForMs(capability: string, { isFailOpen }: Ranking, present: Present): number {
  if (isFailOpen) return SHORTEST_VALID_MS;
  const { snapshot, cluster, nowMs } = present;
  const endpoints = cluster.routes[capability] ?? [];
  const intervals = endpoints.map(({ id }) => cluster.servicesById.get(id)?.intervalMs ?? Infinity);
  const leftMs = Math.min(...intervals, (snapshot?.staleAtMs ?? 0) - nowMs, LONGEST_VALID_MS);
  return Math.max(SHORTEST_VALID_MS, Math.floor(leftMs));
}
