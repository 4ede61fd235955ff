/**
 * What a monitor that is cut off from the network finds out of reach: no evidence about anybody but itself. Pure.
 * `draft-sweep` asks it for every check, after alerting has judged it as it was found.
 * Invariant: what has answered, whatever it said, is what it is: only what is out of reach becomes unknown.
 */
import type { Check } from "../monitoring/check.ts";
import { isUnreachable, type Subjects } from "./inhibition.ts";

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
