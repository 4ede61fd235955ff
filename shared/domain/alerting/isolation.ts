/**
 * What a monitor that is cut off from the network finds out of reach: no evidence about anybody but itself. Pure.
 * `draft-sweep` asks it for every check, after alerting has judged it as it was found.
 * Invariant: what has answered, whatever it said, is what it is: only what is out of reach becomes unknown.
 */
import type { Check } from "../monitoring/check.ts";
import { ISOLATION_NOTICED_MS } from "../history/blind-spots.ts";
import type { Transition } from "../monitoring/transition.ts";
import type { AlertingState } from "./alerting-state.ts";
import type { Subjects } from "./inhibition.ts";
import { isUnreachable } from "./network-proof.ts";

/**
 * True when alerting has put the failure down to being cut off. That holds until a check fails that began after the end of it, so what
 * was asked in vain before then is no evidence either.
 * @param subjects as they are with this check
 */
export function isIsolated(check: Check, subjects: Subjects): boolean {
  return isUnreachable(check) && subjects.get(check.serviceId)?.alert?.inhibition?.kind === "isolated";
}

/** What it found is kept, the reason as an excused one, and in its words. */
export function asIsolated(check: Check): Check {
  const { reason, message, details } = check;
  return {
    ...check,
    status: "unknown",
    reason: "isolated",
    message: `The monitor itself is cut off from the network${message === null ? "" : `: ${message}`}`,
    details: reason === null ? details : { ...details, excused: reason },
  };
}

/**
 * What was found out of reach after this instant says nothing either, epoch ms: neither was the network proven to be there since, nor
 * was anybody told of it.
 * @param check the first that is no evidence
 */
export function findBlindSinceMs(
  { serviceId, checkedAtMs }: Check,
  { subjects, provenAtMs = 0 }: AlertingState,
): number {
  const toldAtMs = subjects.get(serviceId)?.alert?.notifiedAtMs ?? 0;
  return Math.max(checkedAtMs - ISOLATION_NOTICED_MS, provenAtMs, toldAtMs);
}

/** @param blind since when we were, by the check that says so */
export function withBlindness(
  transitions: readonly Transition[],
  blind: ReadonlyMap<Check, number>,
): readonly Transition[] {
  if (blind.size === 0) return transitions;
  const since = new Map(Array.from(blind, ([check, sinceMs]) => [keyOf(check.serviceId, check.checkedAtMs), sinceMs]));
  return transitions.map((each) => {
    const blindSinceMs = each.reason === "isolated" ? since.get(keyOf(each.serviceId, each.atMs)) : undefined;
    return blindSinceMs === undefined ? each : { ...each, blindSinceMs };
  });
}

function keyOf(serviceId: string, atMs: number): string {
  return `${serviceId} ${atMs}`;
}
