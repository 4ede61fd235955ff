/**
 * How long it may take until a service is healthy again, by how long it took before for the same reason.
 * Pure; `GET /wait` tells it. Invariant: no figure without evidence: without an earlier recovery that took longer than the present
 * stay has lasted, there is none.
 */
import type { CheckStatus } from "../monitoring/check.ts";
import type { Transition } from "../monitoring/transition.ts";

export interface RecoveryEstimate {
  /** From now on, ms: half of the earlier stays were over by then. */
  readonly p50Ms: number;
  /** The same of nine in ten. */
  readonly p90Ms: number;
  /** Earlier stays that the figures are made of: those that lasted longer than the present one has lasted yet. */
  readonly n: number;
}

/** Of those nobody knows whether it was healthy again. */
const UNWATCHED: ReadonlySet<CheckStatus> = new Set(["unknown", "maintenance"]);

/**
 * A stay begins with the first transition that has the reason and ends when the service is healthy; one that nobody watched to its
 * end is no evidence. Of a service that was in trouble for another reason before, the time from the reason on counts.
 * @param transitions of one service, oldest first; the last one began its present status
 */
export function estimateRecovery(transitions: readonly Transition[], nowMs: number): RecoveryEstimate | null {
  const present = transitions.at(-1);
  if (!present || present.to === "healthy" || UNWATCHED.has(present.to)) return null;
  const { ended, openSinceMs } = findStays(transitions, present.reason);
  const lastedMs = nowMs - (openSinceMs ?? present.atMs);
  const leftMs = ended.filter((stayMs) => stayMs > lastedMs).map((stayMs) => stayMs - lastedMs);
  if (leftMs.length === 0) return null;
  leftMs.sort((left, right) => left - right);
  return { p50Ms: quantile(leftMs, 0.5), p90Ms: quantile(leftMs, 0.9), n: leftMs.length };
}

function findStays(transitions: readonly Transition[], reason: Transition["reason"]) {
  const ended: number[] = [];
  let sinceMs: number | null = null;
  for (const { atMs, to, reason: why } of transitions) {
    if (to === "healthy" && sinceMs !== null) ended.push(atMs - sinceMs);
    if (to === "healthy" || UNWATCHED.has(to)) sinceMs = null;
    else if (why === reason) sinceMs ??= atMs;
  }
  return { ended, openSinceMs: sinceMs };
}

/** Of at least one value, ascending: the smallest that so large a part does not exceed. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
