/**
 * Since when every service is what it is, and since when the cluster as a whole. Pure.
 * Draft-sweep goes on from the last commit's by the transitions of its own; stored with the snapshot. Instants are epoch ms.
 * Invariants: the instants of services are those of their last transitions, so they agree with `/transitions`; that of the cluster is one
 * of theirs as well, or of when evidence ran out, so whoever reads the past finds the same (functions/public/overall-since.ts). Where the
 * configuration alone has changed it, it is that of the commit.
 */
import { findOverallStatus, findVotes, type ClusterMoment } from "./cluster-state.ts";
import { countVotes, electorate, overallOfCounts, type OverallStatus } from "./cluster-status.ts";
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
export function advanceSince(before: StatusSince, step: SinceStep): StatusSince {
  const { moment, transitions } = step;
  const changes = new Map(transitions.map(({ serviceId, atMs }) => [serviceId, atMs]));
  const services = new Map<string, number>();
  for (const [id, { checkedAtMs }] of moment.checks)
    services.set(id, changes.get(id) ?? before.services.get(id) ?? checkedAtMs);
  return {
    overall: { status: findOverallStatus(moment), atMs: advanceOverall({ ...before, services }, step) },
    services,
  };
}

function advanceOverall({ overall, services }: StatusSince, step: SinceStep): number {
  const { previous, moment } = step;
  if (overall === null && previous) return Math.max(0, ...services.values());
  const status = findOverallStatus(moment);
  const changedAtMs = lastChangeMs(status, step);
  if (changedAtMs !== null) return Math.min(moment.atMs, Math.max(changedAtMs, overall?.atMs ?? 0));
  return overall?.status === status ? overall.atMs : moment.atMs;
}

/**
 * The last instant since the previous commit right before which the cluster was something else than `status`; null: there is none.
 * It goes back from one to the one before, counting, since a thousand services may fail in one commit.
 */
function lastChangeMs(status: OverallStatus, { previous, moment, transitions }: SinceStep): number | null {
  const counts = countVotes(findVotes(moment, moment.atMs));
  const changes = listChanges(transitions, moment, previous?.atMs ?? 0);
  for (const [index, { atMs, from, to }] of changes.entries()) {
    counts.set(to, (counts.get(to) ?? 0) - 1);
    counts.set(from, (counts.get(from) ?? 0) + 1);
    const isFirstOfItsInstant = changes[index + 1]?.atMs !== atMs;
    if (isFirstOfItsInstant && overallOfCounts(counts, moment.degradedThresholdPercent) !== status) return atMs;
  }
  return null;
}

type Change = Pick<Transition, "serviceId" | "atMs" | "from" | "to">;

/** Of those that may decide, the newest first: their transitions, and that their evidence has run out. */
function listChanges(transitions: readonly Transition[], moment: ClusterMoment, sinceMs: number): Change[] {
  const deciding = new Set(electorate(moment.roster).map(({ id }) => id));
  const ends = evidenceEnds(moment, { sinceMs, untilMs: moment.atMs }).map(({ serviceId, status: from, atMs }) => {
    return { serviceId, atMs, from, to: "unknown" } as const;
  });
  // That evidence ran out is a transition only when somebody has looked again, which may be long after it was told.
  const news = transitions.filter(({ atMs, to }) => to !== "unknown" || atMs >= sinceMs);
  return [...news, ...ends]
    .filter(({ serviceId }) => deciding.has(serviceId))
    .toReversed()
    .toSorted((left, right) => right.atMs - left.atMs);
}

/** Since when the cluster is what it is at `nowMs`, when time alone may have changed it since the commit. */
export function overallSinceAt(since: StatusSince, moment: ClusterMoment, nowMs: number): number | null {
  const status = findOverallStatus(moment, nowMs);
  if (status === since.overall?.status && findOverallStatus(moment) === status) return since.overall.atMs;
  const ends = evidenceEnds(moment, { sinceMs: moment.atMs, untilMs: nowMs });
  return ends.find(({ atMs }) => findOverallStatus(moment, atMs) !== status)?.atMs ?? moment.atMs;
}

/** Which services lost their evidence from `sinceMs` on and before `untilMs`, the newest first. */
function evidenceEnds(
  { roster, checks }: ClusterMoment,
  { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
) {
  return roster
    .flatMap(({ id: serviceId, staleAfterMs }) => {
      const check = checks.get(serviceId);
      return check ? [{ serviceId, status: check.status, atMs: evidenceEndsAtMs(check, staleAfterMs) }] : [];
    })
    .filter(({ atMs }) => atMs >= sinceMs && atMs < untilMs)
    .toSorted((left, right) => right.atMs - left.atMs);
}

/** The last instant of which a check says something, as of the transition that follows. */
export function evidenceEndsAtMs({ checkedAtMs }: { readonly checkedAtMs: number }, staleAfterMs: number): number {
  return checkedAtMs + staleAfterMs;
}
