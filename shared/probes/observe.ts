/**
 * The observation that a failure makes, or the lack of one; the same for every check type.
 * Probers call it with what they met. Pure. Invariant: nothing but the failure's own words gets out.
 */
import type { Observation } from "../domain/monitoring/check.ts";
import { statusAfter, type Failure } from "../domain/net/connection-failure.ts";

type Measured = Pick<Observation, "responseTimeMs" | "details"> & Partial<Pick<Observation, "statusCode">>;

/** Healthy when `failure` is null. */
export function observe(
  failure: Failure | null,
  { responseTimeMs, statusCode = null, details }: Measured,
): Observation {
  const status = failure ? statusAfter(failure) : "healthy";
  return {
    status,
    reason: failure?.reason ?? null,
    message: failure?.message ?? null,
    responseTimeMs,
    statusCode,
    details,
  };
}
