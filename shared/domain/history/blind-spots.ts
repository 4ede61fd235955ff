/**
 * The minutes before it was certain that the monitor was cut off from the network: what it could not reach then looked like outages.
 * Pure; whoever makes spans of transitions (status-spans.ts) begins with it, so that uptime, outages and charts leave them out alike.
 * Invariants: a service that was down before, or that has answered badly meanwhile, was down; what is stored stays as it was told.
 */
import { isUnreachable } from "../alerting/inhibition.ts";
import { isDown } from "../monitoring/check.ts";
import type { Transition } from "../monitoring/transition.ts";

/** How long it may take until the targets that show that the monitor is cut off have failed, too; ms. */
export const ISOLATION_NOTICED_MS = 600_000;

/** @param transitions of one service, oldest first */
export function withoutBlindSpots(transitions: readonly Transition[]): readonly Transition[] {
  if (!transitions.some(({ reason }) => reason === "isolated")) return transitions;
  const known = [...transitions];
  let begin: number | null = null;
  transitions.forEach((each, index) => {
    const { from, to, reason, atMs } = each;
    if (isDown(to) && isUnreachable(each)) {
      if (!isDown(from)) begin = index;
      return;
    }
    if (reason === "isolated" && begin !== null && atMs - (transitions[begin]?.atMs ?? 0) <= ISOLATION_NOTICED_MS)
      for (let place = begin; place < index; place += 1) known[place] = asUnseen(transitions[place] ?? each);
    begin = null;
  });
  return known;
}

function asUnseen(transition: Transition): Transition {
  return { ...transition, to: "unknown", reason: "isolated" };
}
