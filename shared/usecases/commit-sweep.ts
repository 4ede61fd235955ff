/**
 * One sweep: folds finished checks into the state of the cluster and stores everything in one commit.
 * Called by the sweep committer (Node) and by a round (Workers). Knows no timers.
 * Invariant: what is committed is computed from the generation it is fenced with.
 */
import type { Check } from "../domain/check.ts";
import { applyChecks, restrictTo, type ClusterMoment, type LocalNode } from "../domain/cluster-state.ts";
import { healthBody } from "../domain/current-health.ts";
import { transitionsOf } from "../domain/transition.ts";
import type { Clock } from "../ports/clock.ts";
import type { HostFigures, HostStats } from "../ports/host-stats.ts";
import type { Snapshot, Store } from "../ports/store.ts";
import type { Cluster } from "./cluster.ts";

export interface SweepDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly hostStats: HostStats;
  /** Start of this monitoring process, epoch ms. */
  readonly startedAtMs: number;
}

/**
 * Commits `checks` (in the order in which they ended) on top of `previous`. Checks of services that are not configured are
 * dropped. Returns the new snapshot, or null when another commit came in between and nothing was stored. Rejects with the
 * database's error.
 */
export async function commitSweep(
  { store, clock, hostStats, startedAtMs }: SweepDependencies,
  { cluster, previous, checks }: { cluster: Cluster; previous: Snapshot | null; checks: readonly Check[] },
): Promise<Snapshot | null> {
  const { roster, degradedThresholdPercent } = cluster;
  const last = restrictTo(previous?.moment.checks ?? new Map(), roster);
  const known = configuredOnly(checks, cluster);
  const moment: ClusterMoment = {
    // Sweeps are keyed by their time, so a clock that steps back must not bring an old key again.
    atMs: Math.max(clock.nowMs(), (previous?.moment.atMs ?? 0) + 1),
    startedAtMs,
    roster,
    checks: applyChecks(last, known),
    localNode: localNodeOf(hostStats.current()),
    degradedThresholdPercent,
  };
  const expectedGeneration = previous?.generation ?? 0;
  const generation = expectedGeneration + 1;
  const health = healthBody(moment, { generation, nowMs: moment.atMs, notice: cluster.notice });
  const transitions = transitionsOf(last, known, roster);
  const outcome = await store.commitSweep({ expectedGeneration, moment, ...health, checks: known, transitions });
  if (outcome === "stale_generation") return null;
  const sweepCount = (previous?.sweepCount ?? 0) + (known.length > 0 ? 1 : 0);
  return { generation, moment, ...health, sweepCount };
}

/** Percentages with one decimal, as stored and shown. */
export function localNodeOf({ cpuPercent, memory, disk }: HostFigures): LocalNode {
  return {
    cpuPercent,
    memoryPercent: memory && usedPercent(memory.totalBytes, memory.availableBytes),
    diskPercent: disk && usedPercent(disk.totalBytes, disk.freeBytes),
  };
}

/** Used share of a resource in percent, one decimal; 0 when there is none of it. */
export function usedPercent(total: number, free: number): number {
  return total > 0 ? Math.round(((total - free) / total) * 1000) / 10 : 0;
}

function configuredOnly(checks: readonly Check[], { roster }: Cluster): Check[] {
  const ids = new Set(roster.map(({ id }) => id));
  return checks.filter(({ serviceId }) => ids.has(serviceId));
}
