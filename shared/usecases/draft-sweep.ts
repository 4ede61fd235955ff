/**
 * One sweep: finished checks folded into the state of the cluster, ready to be stored in one commit.
 * Called by the sweep committer, which stores it. Knows no timers. Reads the clock and the host's load, changes nothing.
 * Invariant: what is to be committed is computed from the generation it is fenced with.
 */
import type { Check } from "../domain/check.ts";
import { applyChecks, restrictTo, type ClusterMoment, type LocalNode } from "../domain/cluster-state.ts";
import { healthBody } from "../domain/current-health.ts";
import { departures, transitionsOf } from "../domain/transition.ts";
import type { Clock } from "../ports/clock.ts";
import type { HostFigures, HostStats } from "../ports/host-stats.ts";
import type { Snapshot, Store, SweepCommit } from "../ports/store.ts";
import type { Cluster } from "./cluster.ts";

export interface SweepDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly hostStats: HostStats;
  /** Start of this monitoring process, epoch ms. */
  readonly startedAtMs: number;
}

export interface SweepInput {
  readonly cluster: Cluster;
  /** The last commit; null before the first one. */
  readonly previous: Snapshot | null;
  /** In the order in which they ended; those of services that are not configured are dropped. */
  readonly checks: readonly Check[];
  /** What is wrong with the monitoring itself. */
  readonly faults: readonly string[];
}

export interface DraftedSweep {
  readonly commit: SweepCommit;
  /** What the commit makes of the snapshot. */
  readonly snapshot: Snapshot;
}

/** Computes a sweep without storing it. */
export function draftSweep(
  { clock, hostStats, startedAtMs }: Omit<SweepDependencies, "store">,
  { cluster, previous, checks, faults }: SweepInput,
): DraftedSweep {
  const { roster, degradedThresholdPercent, notice, intervalMs } = cluster;
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
    faults,
  };
  const expectedGeneration = previous?.generation ?? 0;
  const generation = expectedGeneration + 1;
  const health = healthBody(moment, { generation, nowMs: moment.atMs, notice, intervalMs });
  const transitions = [
    ...departures(previous?.moment.checks ?? new Map(), roster, moment.atMs),
    ...transitionsOf(last, known, roster),
  ];
  return {
    commit: { expectedGeneration, moment, ...health, checks: known, transitions },
    snapshot: { generation, moment, ...health },
  };
}

/** Percentages with one decimal, as stored and shown. */
function localNodeOf({ cpuPercent, memory, disk }: HostFigures): LocalNode {
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
