/**
 * What a check means while nobody has set this machine's clock: a board without a battery begins in 1970, where every certificate
 * is of the future, and its network sets the clock within a minute or two. Asked after each probe, whatever the check type. Pure.
 * Invariant: no service is blamed for our clock; what else is wrong with it is told all the same.
 */
import { NOT_YET_VALID } from "../net/connection-failure.ts";
import type { Observation } from "./check.ts";

const UNJUDGED = {
  status: "unknown",
  reason: "clock",
  message: "The clock of this machine is not set, so the certificate cannot be judged",
} as const;

export function judgeByClock(seen: Observation, clock: { isSet(): boolean }): Observation {
  return seen.message === NOT_YET_VALID.message && !clock.isSet() ? { ...seen, ...UNJUDGED } : seen;
}
