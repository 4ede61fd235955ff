/**
 * The overall status of the cluster: one truth table.
 * Knows only statuses and criticality. Called when a sweep is committed and when an old moment is shown.
 * Invariant: without evidence about half of what decides, the answer is `unknown`, never green.
 */
import type { CheckStatus } from "./check.ts";

export const OVERALL_STATUSES = ["healthy", "degraded", "unhealthy", "unknown"] as const;

export type OverallStatus = (typeof OVERALL_STATUSES)[number];

export interface StatusVote {
  readonly status: CheckStatus;
  readonly critical: boolean;
}

/** The seed shows one of five critical services down as `degraded`; 70 % is our reading of it (DESIGN §2). */
export const DEFAULT_DEGRADED_THRESHOLD_PERCENT = 70;

const UNKNOWN_RATIO = 0.5;

/**
 * Only critical services decide; when none is critical, all do. Maintenance counts on neither side.
 *
 * | of the deciding services …                            | overall     |
 * |-------------------------------------------------------|-------------|
 * | none is left                                          | `unknown`   |
 * | at least half are `unknown`                           | `unknown`   |
 * | all are `healthy`                                     | `healthy`   |
 * | at least the threshold are `healthy` or `degraded`    | `degraded`  |
 * | otherwise                                             | `unhealthy` |
 *
 * @param degradedThresholdPercent 0–100
 */
export function overallStatus(
  votes: readonly StatusVote[],
  degradedThresholdPercent: number = DEFAULT_DEGRADED_THRESHOLD_PERCENT,
): OverallStatus {
  const deciding = decidingVotes(votes);
  const count = (...wanted: CheckStatus[]) => deciding.filter(({ status }) => wanted.includes(status)).length;

  if (deciding.length === 0 || count("unknown") >= deciding.length * UNKNOWN_RATIO) return "unknown";
  if (count("healthy") === deciding.length) return "healthy";
  const servingPercent = (count("healthy", "degraded") * 100) / deciding.length;
  return servingPercent >= degradedThresholdPercent ? "degraded" : "unhealthy";
}

/** How many services decide, and how many of them are not healthy. */
export function countDeciding(votes: readonly StatusVote[]): {
  readonly deciding: number;
  readonly notHealthy: number;
} {
  const deciding = decidingVotes(votes);
  return { deciding: deciding.length, notHealthy: deciding.filter(({ status }) => status !== "healthy").length };
}

/** Those that decide: the critical ones, or all where none is; none that is in maintenance. */
export function decidingVotes<Vote extends StatusVote>(votes: readonly Vote[]): Vote[] {
  const critical = votes.filter((vote) => vote.critical);
  return (critical.length > 0 ? critical : votes).filter(({ status }) => status !== "maintenance");
}
