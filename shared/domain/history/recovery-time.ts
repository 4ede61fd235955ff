/**
 * How long it may take until a service is healthy again, by how long it took before for the same reason.
 * Pure; `GET /wait` tells it. Invariant: no figure without evidence: without an earlier recovery that took longer than the present
 * stay has lasted, there is none.
 */
import type { CheckStatus } from "../monitoring/check.ts";
import type { Transition } from "../monitoring/transition.ts";
import { clipSpans, findEpisodes, sumMs, type Verdict } from "./episodes.ts";
import { statusSpans } from "./status-spans.ts";

export interface RecoveryEstimate {
  /** From now on, ms: half of the earlier stays were over by then. */
  readonly p50Ms: number;
  /** The same of nine in ten. */
  readonly p90Ms: number;
  /** Earlier stays that the figures are made of: those that lasted longer than the present one has lasted yet. */
  readonly n: number;
}

/**
 * A stay begins with the first transition that has the reason and ends when the service is seen to be healthy. Of a service that was in
 * trouble for another reason before, the time from the reason on counts; what nobody watched does not (episodes.ts).
 * @param transitions of one service, oldest first; the last one began its present status
 */
export function estimateRecovery(transitions: readonly Transition[], nowMs: number): RecoveryEstimate | null {
  const present = transitions.at(-1);
  if (!present || judge({ status: present.to }) !== "bad") return null;
  const { ended, lastedMs } = findStays(transitions, present.reason, nowMs);
  const leftMs = ended.filter((stayMs) => stayMs > lastedMs).map((stayMs) => stayMs - lastedMs);
  if (leftMs.length === 0) return null;
  leftMs.sort((left, right) => left - right);
  return { p50Ms: quantile(leftMs, 0.5), p90Ms: quantile(leftMs, 0.9), n: leftMs.length };
}

function judge({ status }: { readonly status: CheckStatus }): Verdict {
  if (status === "healthy") return "good";
  return status === "unknown" || status === "maintenance" ? "unwatched" : "bad";
}

/** How long those took that were seen to end, and how long the present one has lasted, ms. */
function findStays(transitions: readonly Transition[], reason: Transition["reason"], nowMs: number) {
  const begun = transitions.filter((each) => each.reason === reason && judge({ status: each.to }) === "bad");
  const spans = statusSpans(transitions, { sinceMs: 0, untilMs: nowMs, evidenceEndsAtMs: Infinity });
  const ended: number[] = [];
  let lastedMs = 0;
  let next = 0;
  for (const { seen, recoveredAtMs, isRecoverySeen } of findEpisodes(spans, judge)) {
    const untilMs = recoveredAtMs ?? nowMs;
    while ((begun[next]?.atMs ?? Infinity) < seen[0].sinceMs) next += 1;
    const sinceMs = begun[next]?.atMs ?? Infinity;
    if (sinceMs >= untilMs) continue;
    const stayMs = sumMs(clipSpans(seen, { sinceMs, untilMs }));
    if (isRecoverySeen) ended.push(stayMs);
    if (recoveredAtMs === null) lastedMs = stayMs;
  }
  return { ended, lastedMs };
}

/** Of at least one value, ascending: the smallest that so large a part does not exceed. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
