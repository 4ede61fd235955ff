/**
 * From stored sweeps, which hold only the checks made in them, back to full moments of the cluster.
 * Pure but for the pauses; called by both tiers' readers. Invariant: a moment shows for each service the last check committed
 * by then.
 */
import type { Check } from "../domain/monitoring/check.ts";
import type { ClusterMoment } from "../domain/monitoring/cluster-state.ts";
import type { Roster } from "../domain/monitoring/service.ts";
import type { ContentOf } from "./roster-table.ts";
import type { ArchivedSweep } from "./sweep-block.ts";

export interface StoredSweep extends ArchivedSweep {
  /** The checks made in this sweep. */
  readonly checks: readonly Check[];
  /** False: only needed to compute the state of later ones. */
  readonly wanted: boolean;
}

export interface SweepRun {
  /** The state that the first sweep builds upon; may hold its checks already. */
  readonly before: Iterable<Check>;
  /** Oldest first. */
  readonly sweeps: readonly StoredSweep[];
  readonly contentOf: ContentOf;
}

/** The wanted moments, newest first. */
export async function foldSweeps(
  { before, sweeps, contentOf }: SweepRun,
  pause: () => Promise<void>,
): Promise<ClusterMoment[]> {
  const last = new Map(Array.from(before, (check) => [check.serviceId, check]));
  const moments: ClusterMoment[] = [];
  for (const { atMs, startedAtMs, localNode, rosterId, checks, wanted } of sweeps) {
    for (const check of checks) last.set(check.serviceId, check);
    if (!wanted) continue;
    await pause();
    const content = contentOf(rosterId);
    const own = ofRoster(last, content.roster);
    moments.push({ ...content, atMs, startedAtMs, localNode, checks: own, faults: [] });
  }
  return moments.reverse();
}

function ofRoster(last: ReadonlyMap<string, Check>, roster: Roster): Map<string, Check> {
  const own = new Map<string, Check>();
  for (const { id } of roster) {
    const check = last.get(id);
    if (check) own.set(id, check);
  }
  return own;
}
