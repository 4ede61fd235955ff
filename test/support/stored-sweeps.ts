/**
 * Filling a store as the sweep loop would: one sweep after the other, each with its state and its transitions.
 */
import { expect } from "vitest";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import { staleAtMs, type ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { findTransitions } from "../../shared/domain/monitoring/transition.ts";
import type { Store, SweepCommit } from "../../shared/ports/store.ts";
import { check, failing, moment, ROSTER } from "./checks.ts";
import { QUIET } from "../../scripts/quiet-commit.ts";

/** Commits the sweeps on top of what is stored; returns the moments that must be found again, oldest first. */
export async function commitSweeps(
  store: Store,
  sweeps: readonly (readonly Check[])[],
  atMs: (index: number) => number,
): Promise<ClusterMoment[]> {
  const snapshot = await store.readSnapshot();
  let last = snapshot?.moment.checks ?? new Map<string, Check>();
  let generation = snapshot?.generation ?? 0;
  const moments: ClusterMoment[] = [];
  for (const [index, checks] of sweeps.entries()) {
    const next = moment(atMs(index), [...new Map([...last, ...moment(0, checks).checks]).values()]);
    const transitions = findTransitions(last, checks, ROSTER);
    expect(await store.commitSweep({ ...commitOf(next, checks, generation), transitions })).toBe("committed");
    last = next.checks;
    generation += 1;
    moments.push(next);
  }
  return moments;
}

const STEP_MS = 30_000;
const BURST = 5;
const BURST_APART_MS = 20 * 60_000;

/** Five sweeps half a minute apart, and again 20 minutes later: hours in few sweeps, and still some that share their minute. */
export const burstsMs = (index: number): number =>
  Math.floor(index / BURST) * BURST_APART_MS + (index % BURST) * STEP_MS;

/**
 * `count` sweeps, half a minute apart unless `offsetMs` says otherwise; service a is in every one, service b in every second one and
 * fails now and then.
 */
export function steadySweeps(
  count: number,
  startMs: number,
  offsetMs = (index: number): number => index * STEP_MS,
): Check[][] {
  return Array.from({ length: count }, (_, index) => {
    const atMs = startMs + offsetMs(index);
    const details = { data: { models: ["llama3.2:3b"], turn: Math.floor(index / 7) } };
    const a = check("a", atMs - 3, { responseTimeMs: 20 + (index % 9) / 10, details });
    return index % 2 === 0 ? [a] : [a, index % 5 === 0 ? failing("b", atMs - 1) : check("b", atMs - 1)];
  });
}

export function commitOf(next: ClusterMoment, checks: readonly Check[], expectedGeneration: number): SweepCommit {
  const body = JSON.stringify({ at: next.atMs });
  const etag = `"${next.atMs}"`;
  return {
    expectedGeneration,
    moment: next,
    body,
    etag,
    staleAtMs: staleAtMs(next),
    checks,
    transitions: [],
    ...QUIET,
  };
}

/** The moment as the block tier keeps it. */
export function withoutTimings(entry: ClusterMoment): ClusterMoment {
  const checks = [...entry.checks].map(([id, { details, ...rest }]): [string, Check] => {
    const { timings: _dropped, ...kept } = details;
    return [id, { ...rest, details: kept }];
  });
  return { ...entry, checks: new Map(checks) };
}
