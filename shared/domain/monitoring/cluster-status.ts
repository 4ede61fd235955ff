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
  return overallOfCounts(countVotes(votes), degradedThresholdPercent);
}

/** Of those that may decide how many have which status. */
export type StatusCounts = ReadonlyMap<CheckStatus, number>;

export function countVotes(votes: readonly StatusVote[]): Map<CheckStatus, number> {
  const counts = new Map<CheckStatus, number>();
  for (const { status } of electorate(votes)) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

/** The same truth table, for whoever counts by itself. */
export function overallOfCounts(counts: StatusCounts, degradedThresholdPercent: number): OverallStatus {
  const count = (status: CheckStatus) => counts.get(status) ?? 0;
  const deciding = [...counts].reduce((sum, [status, of]) => (status === "maintenance" ? sum : sum + of), 0);
  if (deciding === 0 || count("unknown") >= deciding * UNKNOWN_RATIO) return "unknown";
  if (count("healthy") === deciding) return "healthy";
  const servingPercent = ((count("healthy") + count("degraded")) * 100) / deciding;
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

/** Those that decide: none that is in maintenance. */
export function decidingVotes<Vote extends StatusVote>(votes: readonly Vote[]): Vote[] {
  return electorate(votes).filter(({ status }) => status !== "maintenance");
}

/** Those that may decide: the critical ones, or all where none is. */
export function electorate<Voter extends Pick<StatusVote, "critical">>(voters: readonly Voter[]): readonly Voter[] {
  const critical = voters.filter((voter) => voter.critical);
  return critical.length > 0 ? critical : voters;
}
