/**
 * From stored sweeps, which hold only the checks made in them, back to full moments of the cluster.
 * Pure; called by both tiers' readers. Invariant: a moment shows for each service the last check committed by then.
 */
import type { Check } from "../domain/check.ts";
import { applyChecks, restrictTo, type ClusterMoment } from "../domain/cluster-state.ts";
import type { RosterContent } from "./roster-table.ts";
import type { ArchivedSweep } from "./sweep-block.ts";

export interface StoredSweep extends ArchivedSweep {
  /** The checks made in this sweep. */
  readonly checks: readonly Check[];
  /** False: only needed to compute the state of later ones. */
  readonly wanted: boolean;
}

/** `sweeps` oldest first, `keyframe` the state at the first of them; the wanted moments come back newest first. */
export function foldSweeps(
  keyframe: readonly Check[],
  sweeps: readonly StoredSweep[],
  contents: ReadonlyMap<string, RosterContent>,
): ClusterMoment[] {
  let last = applyChecks(new Map(), keyframe);
  const moments: ClusterMoment[] = [];
  for (const { atMs, startedAtMs, localNode, rosterId, checks, wanted } of sweeps) {
    last = applyChecks(last, checks);
    const content = contents.get(rosterId);
    if (!wanted || !content) continue;
    const own = restrictTo(last, content.roster);
    moments.push({ ...content, atMs, startedAtMs, localNode, checks: own, faults: [] });
  }
  return moments.reverse();
}
