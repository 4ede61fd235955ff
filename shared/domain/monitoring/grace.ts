/**
 * How long a service may say that it is starting: degraded for its grace, then unhealthy, for something hangs.
 * Pure. Asked after each probe, whatever the check type. Invariant: a verdict only gets worse here.
 */
import { formatDuration } from "../text/duration-text.ts";
import type { Memory, Observation } from "./check.ts";
import { STATUS_BY_REASON } from "./status-by-reason.ts";

interface Grace {
  /** What the last check of these settings left; undefined: nothing. */
  readonly left: Pick<Memory, "startingSinceMs"> | undefined;
  readonly nowMs: number;
  readonly graceMs: number;
}

/** Since when it has been starting; undefined: it is not. */
export function startingSince({ reason }: Pick<Observation, "reason">, { left, nowMs }: Omit<Grace, "graceMs">) {
  if (reason !== "starting") return undefined;
  // A wrong clock may have said that it began in the future.
  return Math.min(left?.startingSinceMs ?? nowMs, nowMs);
}

/** @example a server that has loaded its model for 11 minutes, with a grace of 10, is unhealthy: "…, for 11 min by now" */
export function endGrace(observation: Observation, grace: Grace): Observation {
  const sinceMs = startingSince(observation, grace);
  if (sinceMs === undefined || observation.status !== STATUS_BY_REASON.starting) return observation;
  const forMs = grace.nowMs - sinceMs;
  if (forMs < grace.graceMs) return observation;
  const message = `${observation.message ?? "Still starting"}, for ${formatDuration(forMs)} by now`;
  return { ...observation, status: "unhealthy", message };
}
