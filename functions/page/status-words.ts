/**
 * How a status is shown to people: shape, word and group, never colour alone.
 * Used by the views. Pure. Invariant: what is not known is in no group that could be taken for healthy.
 */
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import type { OverallStatus } from "../../shared/domain/monitoring/cluster-status.ts";

/** What has a colour of its own. */
export type StatusGroup = "healthy" | "degraded" | "down" | "unknown" | "maintenance";

export const GLYPHS: Readonly<Record<StatusGroup, string>> = {
  healthy: "●",
  degraded: "▲",
  down: "■",
  unknown: "◌",
  maintenance: "◆",
};

const GROUPS: Readonly<Record<CheckStatus, StatusGroup>> = {
  healthy: "healthy",
  degraded: "degraded",
  maintenance: "maintenance",
  unknown: "unknown",
  unhealthy: "down",
  timeout: "down",
  error: "down",
};

/** From what needs a look to what does not. */
const ORDER: readonly StatusGroup[] = ["down", "unknown", "degraded", "maintenance", "healthy"];

export function groupOf(status: CheckStatus | OverallStatus): StatusGroup {
  return GROUPS[status];
}

/** For sorting: what needs a look comes first. */
export function urgency(status: CheckStatus): number {
  return ORDER.indexOf(GROUPS[status]);
}

/** Neither well nor planned. */
export function needsLook(status: CheckStatus): boolean {
  return !["healthy", "maintenance"].includes(GROUPS[status]);
}

/** `timeout` → `Timeout`. */
export function wordOf(status: CheckStatus | OverallStatus): string {
  return status.charAt(0).toUpperCase() + status.slice(1);
}

/** Of an open alert, by how many checks in a row were well; null: none. */
export function wellAgain(checks: number): string | null {
  if (checks === 0) return null;
  return `well at ${checks === 1 ? "the last check" : `the last ${checks} checks`}; resolved once that lasts`;
}
