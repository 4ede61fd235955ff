/**
 * Whether a load balancer is at fault: it serves badly while what it balances is well when asked directly. Pure. Asked when people are
 * told (notification-decision.ts) and when they ask why (explain/gather.ts).
 * What a balancer balances is what its service needs (`depends_on`). Invariant: nothing is said before that was looked at after the
 * failure began.
 */
import { isDown, type Check, type CheckStatus, type Reason } from "../monitoring/check.ts";
import type { Service } from "../monitoring/service.ts";
import type { FaultyBalancer } from "./faulty-balancer.ts";
import { listAncestors } from "./maintenance.ts";

type Balanced = Pick<Service, "id" | "name" | "checkType" | "dependsOn" | "machine">;

interface Looked {
  /** What fails, if it does. */
  readonly service: Balanced;
  readonly services: ReadonlyMap<string, Balanced>;
  readonly checks: ReadonlyMap<string, Check>;
  /** When it began to be as it is, epoch ms. */
  readonly sinceMs: number;
  /** What each service is now. */
  statusOf(id: string): CheckStatus;
}

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

/** Null: there is none, or it is not known to be at fault. */
export function findBalancer({ service, services, checks, sinceMs, statusOf }: Looked): FaultyBalancer | null {
  const check = checks.get(service.id);
  const balancer = [service.id, ...listAncestors(service.id, services)]
    .map((id) => services.get(id))
    .find((each) => each?.checkType === CHECK_TYPE);
  if (!check || !balancer || balancer.dependsOn.length === 0) return null;
  const isItself = balancer.id === service.id;
  const status = statusOf(service.id);
  const mayBeIt = isItself ? servesBadly(check, status) : isDown(status) && isBehind(service, balancer, check);
  const isSeen = (id: string): boolean => (checks.get(id)?.checkedAtMs ?? -Infinity) >= sinceMs;
  if (!mayBeIt || !balancer.dependsOn.every((id) => WELL.has(statusOf(id)) && isSeen(id))) return null;
  const members = balancer.dependsOn.map((id) => services.get(id)?.name ?? id);
  return { service: balancer.id, name: balancer.name, isItself, members };
}

/** Something that needs the balancer may fail for reasons of its own; what is asked where the balancer is, is asked through it. */
function isBehind(service: Balanced, balancer: Balanced, { reason, statusCode }: Check): boolean {
  const isThere = service.machine !== null && service.machine === balancer.machine;
  return isThere && (reason === "deadline_response" || (statusCode !== null && statusCode >= 500));
}

function servesBadly({ reason }: Check, status: CheckStatus): boolean {
  return OF_SERVING.has(reason) && (isDown(status) || (status === "degraded" && reason === "partly_down"));
}
