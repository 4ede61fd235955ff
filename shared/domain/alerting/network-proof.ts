/**
 * Who proves that the network is there: whatever answers over it, well or badly. Pure.
 * `inhibition.ts` asks it before it puts failures down to a monitor that is cut off, `alerting.ts` remembers when that was last so.
 * Invariant: what runs on this machine proves nothing, however well it is.
 */
import type { Check, Reason } from "../monitoring/check.ts";
import type { Service } from "../monitoring/service.ts";

/** Nobody answered. Who refuses, resets or answers wrongly shows that the network is there. */
const UNANSWERED: ReadonlySet<Reason> = new Set(["deadline_connect", "deadline_response", "unreachable", "dns"]);

/** Nobody was asked. */
const UNASKED: ReadonlySet<Reason> = new Set([
  "forbidden_address",
  "not_checked",
  "shortage",
  "isolated",
  "stale",
  "clock",
  "internal",
]);

/** True when being cut off explains the problem. */
export function isUnreachable({ reason }: { readonly reason: Reason | null }): boolean {
  return reason !== null && UNANSWERED.has(reason);
}

/** @param check of a service that is worked on as well: what it was excused for shows whether it answered */
function hasAnswered({ status, reason, details }: Check): boolean {
  const found = details.excused ?? reason;
  if (found === null) return status === "healthy" || status === "maintenance";
  return !UNANSWERED.has(found) && !UNASKED.has(found);
}

/** What tells who is asked over the network. */
export interface Witnesses {
  readonly services: ReadonlyMap<string, Pick<Service, "machine">>;
  readonly connectivityTargets: readonly string[];
}

/** When one of these checks last showed that the network is there, epoch ms; null: none of them does. */
export function findProofMs(checks: readonly Check[], { services, connectivityTargets }: Witnesses): number | null {
  let provenAtMs: number | null = null;
  for (const check of checks) {
    const isRemote = connectivityTargets.includes(check.serviceId) || isElsewhere(check.serviceId, services);
    if (isRemote && hasAnswered(check)) provenAtMs = Math.max(provenAtMs ?? 0, check.checkedAtMs);
  }
  return provenAtMs;
}

/** True for a service of another machine. */
function isElsewhere(id: string, services: Witnesses["services"]): boolean {
  return (services.get(id)?.machine ?? null) !== null;
}
