/**
 * What an observation means for a service: thresholds and the one repetition of a failed connection.
 * Knows no network. `probe-service` asks it after each attempt.
 * Invariant: a verdict only gets worse here, never better.
 */
import type { Observation, Reason } from "./check.ts";
import type { Service } from "./service.ts";

/** Failures of the connection itself; a second try on a fresh connection one second later tells noise from outage. */
const RETRYABLE: ReadonlySet<Reason> = new Set(["refused", "reset", "dns"]);

/** How long to wait before the one repetition. */
export const RETRY_DELAY_MS = 1_000;

/** True when a first attempt deserves its one repetition: never after a timeout or an answer. */
export function deservesRetry(observation: Pick<Observation, "status" | "reason">): boolean {
  return observation.status === "error" && observation.reason !== null && RETRYABLE.has(observation.reason);
}

/** Applies the service's `slow_after` to a healthy observation. */
export function applyThresholds(observation: Observation, service: Pick<Service, "slowAfterMs">): Observation {
  const { slowAfterMs } = service;
  if (observation.status !== "healthy" || slowAfterMs === null || observation.responseTimeMs <= slowAfterMs) {
    return observation;
  }
  const message = `Answered in ${seconds(observation.responseTimeMs)} s, slower than ${seconds(slowAfterMs)} s`;
  return { ...observation, status: "degraded", reason: "slow", message };
}

function seconds(ms: number): string {
  return String(Math.round(ms) / 1000);
}
