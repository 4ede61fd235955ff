/**
 * How the service behind an endpoint is, as a ranking asks for it, of any moment. Pure.
 * Used by sweeps, which remember who is chosen, and by who answers. Invariant: evidence that has become stale counts as none.
 */
import type { Check, Observation } from "../monitoring/check.ts";
import { isStale, unknownObservation, type ClusterMoment } from "../monitoring/cluster-state.ts";
import type { Service } from "../monitoring/service.ts";
import type { Routes } from "./endpoint.ts";
import type { Evidence } from "./rank.ts";

export interface EvidenceSource {
  readonly moment: Pick<ClusterMoment, "roster" | "checks">;
  readonly services: ReadonlyMap<string, Pick<Service, "slowAfterMs" | "timeoutMs">>;
  readonly nowMs: number;
}

/** Of those that routes name, and of what their balancers balance. */
export function evidenceFor(routes: Routes, { moment, services, nowMs }: EvidenceSource): (id: string) => Evidence {
  const named = new Set(
    Object.values(routes).flatMap((all) => all.flatMap(({ id, members }) => [id, ...(members ?? [])])),
  );
  const known = new Map(
    moment.roster
      .filter(({ id }) => named.has(id))
      .map((entry) => {
        const check = moment.checks.get(entry.id);
        const fresh = check && !isStale(check, entry, nowMs) ? check : undefined;
        return [entry.id, evidenceOf(check, fresh, services.get(entry.id))];
      }),
  );
  return (id) => known.get(id) ?? evidenceOf(undefined, undefined, undefined);
}

function evidenceOf(
  check: Check | undefined,
  fresh: Check | undefined,
  service: Pick<Service, "slowAfterMs" | "timeoutMs"> | undefined,
): Evidence {
  const { status, reason, message }: Observation = fresh ?? unknownObservation(check);
  const isMeasured = fresh !== undefined && status !== "unknown";
  return {
    status,
    reason,
    message,
    checkedAtMs: check?.checkedAtMs ?? null,
    responseTimeMs: isMeasured ? fresh.responseTimeMs : null,
    data: isMeasured ? fresh.details.data : undefined,
    // One that was taken out of the configuration is called no more.
    limitMs: service ? (service.slowAfterMs ?? service.timeoutMs) : Infinity,
  };
}
