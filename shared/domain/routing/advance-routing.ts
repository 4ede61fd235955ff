/**
 * Who is called for what from one commit to the next. Pure. Called by draft-sweep, which stores it with the commit.
 * Invariant: a capability that is configured no more is forgotten.
 */
import type { ClusterMoment } from "../monitoring/cluster-state.ts";
import { advanceChoice, NO_ROUTING, type RoutingState } from "./choice.ts";
import type { Routes } from "./endpoint.ts";
import { evidenceFor, type EvidenceSource } from "./evidence.ts";
import { ANY, rankEndpoints } from "./rank.ts";

interface Callable {
  readonly routes: Routes;
  readonly servicesById: EvidenceSource["services"];
}

export function advanceRouting(
  before: RoutingState = NO_ROUTING,
  { routes, servicesById: services }: Callable,
  moment: ClusterMoment,
): RoutingState {
  const nowMs = moment.atMs;
  const evidenceOf = evidenceFor(routes, { moment, services, nowMs });
  return new Map(
    Object.entries(routes).map(([capability, endpoints]) => {
      const ranking = rankEndpoints(endpoints, ANY, evidenceOf);
      return [capability, advanceChoice(before.get(capability), ranking, nowMs)];
    }),
  );
}
