/**
 * Status changes of services, the rows that uptime is computed from.
 * Knows only checks. `draft-sweep` stores what this returns in the same commit as the checks themselves.
 * Invariant: replaying the transitions of a service in order gives its status at any time, our own absence included.
 */
import type { Check, CheckStatus, Reason } from "./check.ts";
import { isStale, type LastChecks } from "./cluster-state.ts";
import type { Roster } from "./service.ts";

export interface Transition {
  readonly serviceId: string;
  /** When the new status began, epoch ms. */
  readonly atMs: number;
  readonly from: CheckStatus;
  readonly to: CheckStatus;
  readonly reason: Reason | null;
  readonly message: string | null;
  /**
   * Of one that tells that the monitor is cut off, epoch ms: what was found out of reach after this says nothing either. Absent: what
   * came before it is what it was.
   */
  readonly blindSinceMs?: number;
}

/**
 * The transitions that `checks` cause after `last`, ordered by service as given and then by time. A gap longer than the
 * service's staleness (we were off, paused or cut off) gives one transition to `unknown` at the moment the evidence ran out.
 */
export function findTransitions(last: LastChecks, checks: readonly Check[], roster: Roster): Transition[] {
  const current = new Map(last);
  const entries = new Map(roster.map((entry) => [entry.id, entry]));
  const transitions: Transition[] = [];
  for (const check of checks) {
    const { serviceId, checkedAtMs, status: to, reason, message } = check;
    const previous = current.get(serviceId);
    const entry = entries.get(serviceId);
    if (!entry) continue;
    let from: CheckStatus = previous?.status ?? "unknown";
    if (previous && from !== "unknown" && isStale(previous, entry, checkedAtMs)) {
      const atMs = previous.checkedAtMs + entry.staleAfterMs;
      transitions.push({ serviceId, atMs, from, to: "unknown", reason: "stale", message: "No fresh check" });
      from = "unknown";
    }
    if (to !== from) transitions.push({ serviceId, atMs: checkedAtMs, from, to, reason, message });
    current.set(serviceId, check);
  }
  return transitions;
}

/** One transition to `unknown` for every service that was known and is not configured any more. */
export function departures(last: LastChecks, roster: Roster, atMs: number): Transition[] {
  const configured = new Set(roster.map(({ id }) => id));
  return [...last.values()]
    .filter(({ serviceId, status }) => !configured.has(serviceId) && status !== "unknown")
    .map(({ serviceId, status: from }) => {
      return { serviceId, atMs, from, to: "unknown", reason: "not_checked", message: "Not configured any more" };
    });
}
