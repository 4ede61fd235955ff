/**
 * Whether a load balancer is at fault: it serves badly while what it balances is well when asked directly. Pure. Called by gather.ts.
 * What a balancer balances is what its service needs (`depends_on`). Invariant: nothing is said before that was looked at after the
 * failure began.
 */
import { listAncestors } from "../alerting/maintenance.ts";
import { isDown, type Check, type CheckStatus, type Reason } from "../monitoring/check.ts";
import type { ClusterMoment } from "../monitoring/cluster-state.ts";
import type { Service } from "../monitoring/service.ts";
import type { StatusSince } from "../monitoring/status-since.ts";
import type { Evidence } from "./evidence.ts";

const CHECK_TYPE = "haproxy";

/** A refusal of our credentials or of our way to ask says nothing of how it serves. */
const OF_SERVING: ReadonlySet<Reason | null> = new Set([
  "assertion",
  "partly_down",
  "http_status",
  "refused",
  "reset",
  "unreachable",
  "deadline_connect",
  "deadline_response",
]);

const WELL: ReadonlySet<CheckStatus> = new Set(["healthy", "degraded"]);

interface Looked {
  readonly service: Service;
  readonly services: ReadonlyMap<string, Service>;
  readonly moment: Pick<ClusterMoment, "checks">;
  readonly since: Pick<StatusSince, "services">;
}

/** Null: there is none, or it is not known to be. `statusOf`: what each service is now. */
export function findBalancer(
  { service, services, moment, since }: Looked,
  statusOf: (id: string) => CheckStatus,
): Evidence["balancer"] {
  const check = moment.checks.get(service.id);
  const sinceMs = since.services.get(service.id);
  const balancer = [service.id, ...listAncestors(service.id, services)]
    .map((id) => services.get(id))
    .find((each) => each?.checkType === CHECK_TYPE);
  if (!check || sinceMs === undefined || !balancer || balancer.dependsOn.length === 0) return null;
  const isItself = balancer.id === service.id;
  const mayBeIt = isItself
    ? servesBadly(check, statusOf(service.id))
    : isDown(statusOf(service.id)) && isBehind(service, balancer, check);
  const isSeen = (id: string): boolean => (moment.checks.get(id)?.checkedAtMs ?? -Infinity) >= sinceMs;
  if (!mayBeIt || !balancer.dependsOn.every((id) => WELL.has(statusOf(id)) && isSeen(id))) return null;
  const members = balancer.dependsOn.map((id) => services.get(id)?.name ?? id);
  return { service: balancer.id, name: balancer.name, isItself, members };
}

/** Something that needs the balancer may fail for reasons of its own; what is asked where the balancer is, is asked through it. */
function isBehind(service: Service, balancer: Service, { reason, statusCode }: Check): boolean {
  const isThere = service.machine !== null && service.machine === balancer.machine;
  return isThere && (reason === "deadline_response" || (statusCode !== null && statusCode >= 500));
}

function servesBadly({ reason }: Check, status: CheckStatus): boolean {
  return OF_SERVING.has(reason) && (isDown(status) || (status === "degraded" && reason === "partly_down"));
}
