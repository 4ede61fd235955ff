/**
 * The observation of an exchange that failed, the same for every check type.
 * Probers call it with a failure they met or made. Pure. Invariant: nothing but the failure's own words gets out.
 */
import type { CheckDetails, Observation } from "../domain/monitoring/check.ts";
import { statusOfFailure, type Failure } from "../domain/net/connection-failure.ts";

export function failedObservation(failure: Failure, responseTimeMs: number, details: CheckDetails = {}): Observation {
  const { reason, message } = failure;
  return { status: statusOfFailure(failure), reason, message, responseTimeMs, statusCode: null, details };
}
