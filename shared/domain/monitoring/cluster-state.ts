/**
 * The last known state of the whole cluster and how checks change it.
 * Knows nothing of storage or of the API's shapes. `draft-sweep` folds finished checks into it; history folds stored ones.
 * Invariant: a moment holds at most one check a service, the one that ended last.
 */
import type { Check, Observation } from "./check.ts";
import { overallStatus, type OverallStatus, type StatusVote } from "./cluster-status.ts";
import type { Roster, RosterEntry } from "./service.ts";
import type { Unsaved } from "./unsaved.ts";

/** Load of the machine that runs us, percent 0–100; null where the runtime cannot tell. */
export interface LocalNode {
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  readonly diskPercent: number | null;
}

/** Last check of every service that has one, by service id. */
export type LastChecks = ReadonlyMap<string, Check>;

/** Everything needed to show one moment of the cluster. */
export interface ClusterMoment {
  /** Time of the commit, epoch ms. */
  readonly atMs: number;
  /** Start of the monitoring process that committed, epoch ms. */
  readonly startedAtMs: number;
  readonly roster: Roster;
  readonly checks: LastChecks;
  readonly localNode: LocalNode;
  readonly degradedThresholdPercent: number;
  /** What is wrong with the monitoring itself, as sentences; not stored: a stored moment was written by one that worked. */
  readonly faults: readonly string[];
  /** More of the fault that nothing is saved; absent: it is none of them. Not stored either. */
  readonly unsaved?: Unsaved;
}

/** Replaces the last checks by those given, in the order in which they ended: a wall clock that steps back changes nothing. */
export function applyChecks(last: LastChecks, checks: readonly Check[]): Map<string, Check> {
  const next = new Map(last);
  for (const check of checks) next.set(check.serviceId, check);
  return next;
}

/** Drops the checks of services that are not on the roster. */
export function restrictTo(last: LastChecks, roster: Roster): Map<string, Check> {
  const ids = new Set(roster.map(({ id }) => id));
  return new Map([...last].filter(([id]) => ids.has(id)));
}

/** True when the check says nothing about `nowMs` any more. */
export function isStale(check: Check, entry: RosterEntry, nowMs: number): boolean {
  return nowMs - check.checkedAtMs > entry.staleAfterMs;
}

/**
 * The overall status of a moment as it looked at `nowMs` (default: its own time). Each service has the status of its last check, or
 * `unknown` when there is none or it is too old.
 */
export function findOverallStatus(moment: ClusterMoment, nowMs: number = moment.atMs): OverallStatus {
  return overallStatus(findVotes(moment, nowMs), moment.degradedThresholdPercent);
}

/** What each service says of the cluster. */
export function findVotes(moment: ClusterMoment, nowMs: number): (StatusVote & { readonly id: string })[] {
  return moment.roster.map((entry) => {
    const check = moment.checks.get(entry.id);
    const status = check && !isStale(check, entry, nowMs) ? check.status : "unknown";
    return { id: entry.id, status, critical: entry.critical };
  });
}

/** What is to be shown for a service without fresh evidence. `check` is its last one, when there ever was one. */
export function unknownObservation(check: Check | undefined): Observation {
  const base = { status: "unknown", responseTimeMs: 0, statusCode: null, details: {} } as const;
  return check
    ? { ...base, reason: "stale", message: "No fresh check" }
    : { ...base, reason: "not_checked", message: "Not checked yet" };
}

/**
 * First instant (epoch ms) at which a service with fresh evidence loses it, hence at which a rendered snapshot would lie.
 * `Infinity` when no service has fresh evidence.
 */
export function staleAtMs({ roster, checks, atMs }: Pick<ClusterMoment, "roster" | "checks" | "atMs">): number {
  let earliest = Infinity;
  for (const entry of roster) {
    const check = checks.get(entry.id);
    if (check && !isStale(check, entry, atMs))
      earliest = Math.min(earliest, check.checkedAtMs + entry.staleAfterMs + 1);
  }
  return earliest;
}
