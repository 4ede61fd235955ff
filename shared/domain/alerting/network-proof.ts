/**
 * Who proves that the network is there: whatever answers over it, well or badly. Pure.
 * `inhibition.ts` asks it before it puts failures down to a monitor that is cut off, `alerting.ts` remembers when that was last so.
 * Invariant: what runs on this machine proves nothing, however well it is.
 */
import type { Check, Reason } from "../monitoring/check.ts";
import type { LastChecks } from "../monitoring/cluster-state.ts";
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
export function findProofMs(checks: readonly Check[], witnesses: Witnesses): number | null {
  let provenAtMs: number | null = null;
  for (const check of checks) {
    const isRemote = witnesses.connectivityTargets.includes(check.serviceId) || isWitness(check.serviceId, witnesses);
    if (isRemote && hasAnswered(check)) provenAtMs = Math.max(provenAtMs ?? 0, check.checkedAtMs);
  }
  return provenAtMs;
}

/** True for a service of another machine that is no target itself. */
function isWitness(id: string, { services, connectivityTargets }: Witnesses): boolean {
  return (services.get(id)?.machine ?? null) !== null && !connectivityTargets.includes(id);
}

export interface Testimony extends Witnesses {
  /** Of all services. */
  readonly lastChecks: LastChecks;
}

/** An answer is worth nothing once it should have been followed by another one; rounds at the edge are minutes apart. */
const FRESH_INTERVALS = 3;
const FRESH_MS = 300_000;

interface Question extends Testimony {
  readonly services: ReadonlyMap<string, Pick<Service, "machine" | "intervalMs">>;
  readonly nowMs: number;
}

/** True when another machine has answered what was asked of it since then, and when it was last asked: whoever fails, the network is there. */
export function hasWitness(sinceMs: number, { lastChecks, nowMs, ...question }: Question): boolean {
  return [...lastChecks.values()].some((check) => {
    const freshMs = Math.max(FRESH_MS, FRESH_INTERVALS * (question.services.get(check.serviceId)?.intervalMs ?? 0));
    return isProofSince(sinceMs, check, question) && nowMs - check.checkedAtMs <= freshMs;
  });
}

/** So many are asked at once; when these do not answer, the next ones are. */
const ASKED_AT_ONCE = 3;

/**
 * Those of other machines that are to be asked whether the network is there, since no target has answered, nor anybody else since then:
 * their last word was an answer.
 */
export function listUnasked(sinceMs: number, testimony: Testimony): string[] {
  const { lastChecks, connectivityTargets } = testimony;
  const areGone = connectivityTargets.every((id) => {
    const last = lastChecks.get(id);
    return last !== undefined && !hasAnswered(last);
  });
  if (connectivityTargets.length === 0 || !areGone) return [];
  const checks = [...lastChecks.values()];
  if (checks.some((check) => isProofSince(sinceMs, check, testimony))) return [];
  return checks
    .filter((check) => isWitness(check.serviceId, testimony) && hasAnswered(check))
    .slice(0, ASKED_AT_ONCE)
    .map(({ serviceId }) => serviceId);
}

function isProofSince(sinceMs: number, check: Check, witnesses: Witnesses): boolean {
  const isSince = check.checkedAtMs - check.responseTimeMs >= sinceMs;
  return isSince && isWitness(check.serviceId, witnesses) && hasAnswered(check);
}
