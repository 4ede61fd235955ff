/** What the cluster is now, for the pages that do not show it but must not say otherwise. */
import type { OverallStatus } from "../../shared/domain/monitoring/cluster-status.ts";
import type { MonitorContext } from "../context.ts";

/** While the last commit cannot be read nobody knows. */
export async function readOverall(
  { snapshots, boards }: Pick<MonitorContext, "snapshots" | "boards">,
  nowMs: number,
): Promise<OverallStatus> {
  const snapshot = await snapshots.read().catch(() => null);
  return boards.of(snapshot, nowMs).overall;
}
