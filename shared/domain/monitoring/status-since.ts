/**
 * Since when every service is what it is, and since when the cluster as a whole. Pure.
 * Draft-sweep goes on from the last commit's by the transitions of its own; stored with the snapshot. Instants are epoch ms.
 * Invariant: the instants of services are those of their last transitions, so they agree with `/transitions`.
 */
import { findOverallStatus, type ClusterMoment } from "./cluster-state.ts";
import type { OverallStatus } from "./cluster-status.ts";
import type { Transition } from "./transition.ts";

export interface StatusSince {
  /** Null before the first commit. */
  readonly overall: { readonly status: OverallStatus; readonly atMs: number } | null;
  /** By service id; those that have a check. */
  readonly services: ReadonlyMap<string, number>;
}

export const SINCE_NOTHING: StatusSince = { overall: null, services: new Map() };

export interface SinceStep {
  /** Of the last commit; null before the first one. */
  readonly previous: ClusterMoment | null;
  readonly moment: ClusterMoment;
  /** Those that lie between them, in order. */
  readonly transitions: readonly Transition[];
}

/** What holds at `moment`. */
export function advanceSince(before: StatusSince, { previous, moment, transitions }: SinceStep): StatusSince {
  const changes = new Map(transitions.map(({ serviceId, atMs }) => [serviceId, atMs]));
  const services = new Map<string, number>();
  for (const [id, { checkedAtMs }] of moment.checks)
    services.set(id, changes.get(id) ?? before.services.get(id) ?? checkedAtMs);
  const status = findOverallStatus(moment);
  if (before.overall === null && previous)
    return { overall: { status, atMs: Math.max(0, ...services.values()) }, services };
  const hasLasted =
    before.overall?.status === status && previous && findOverallStatus(previous, moment.atMs) === status;
  return { overall: hasLasted ? before.overall : { status, atMs: moment.atMs }, services };
}

/** Since when the cluster is what it is at `nowMs`, when time alone may have changed it since the commit. */
export function overallSinceAt(since: StatusSince, moment: ClusterMoment, nowMs: number): number | null {
  const status = findOverallStatus(moment, nowMs);
  if (status === since.overall?.status && findOverallStatus(moment) === status) return since.overall.atMs;
  const ends = moment.roster
    .flatMap(({ id, staleAfterMs }) => {
      const check = moment.checks.get(id);
      return check ? [evidenceEndsAtMs(check, staleAfterMs)] : [];
    })
    .filter((atMs) => atMs >= moment.atMs && atMs < nowMs)
    .toSorted((left, right) => right - left);
  return ends.find((atMs) => findOverallStatus(moment, atMs) !== status) ?? moment.atMs;
}

/** The last instant of which a check says something, as of the transition that follows. */
export function evidenceEndsAtMs({ checkedAtMs }: { readonly checkedAtMs: number }, staleAfterMs: number): number {
  return checkedAtMs + staleAfterMs;
}
