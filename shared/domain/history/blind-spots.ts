/**
 * The minutes before it was certain that the monitor was cut off from the network: what it could not reach then looked like outages.
 * Pure; whoever makes spans of transitions (status-spans.ts) begins with it, so that uptime, outages and charts leave them out alike.
 * Invariants: what began while the network was proven to be there, or was told, or has answered badly, was down; what is stored stays as
 * it was told; a list that begins in the middle of these minutes reads like the whole one.
 */
import { isUnreachable } from "../alerting/network-proof.ts";
import { isDown } from "../monitoring/check.ts";
import type { Transition } from "../monitoring/transition.ts";

/** How long it may take until the targets that show that the monitor is cut off have failed, too; ms. */
export const ISOLATION_NOTICED_MS = 600_000;

/** @param transitions of one service, oldest first */
export function withoutBlindSpots(transitions: readonly Transition[]): readonly Transition[] {
  if (!transitions.some(({ blindSinceMs }) => blindSinceMs !== undefined)) return transitions;
  const known: Transition[] = [];
  // Whoever tells that we were blind comes last.
  let blindSinceMs: number | null = null;
  for (const each of transitions.toReversed()) {
    const isSeen: boolean = !isDown(each.to) || !isUnreachable(each) || each.atMs <= (blindSinceMs ?? Infinity);
    if (isSeen) blindSinceMs = each.blindSinceMs ?? null;
    known.push(isSeen ? each : { ...each, to: "unknown", reason: "isolated" });
  }
  return known.reverse();
}
