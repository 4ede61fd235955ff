/**
 * What a status code other than success means, whoever was asked. Pure. Used by evaluate-response.ts and by the deep probes.
 */
import type { Failure } from "../domain/net/connection-failure.ts";

/** Null for 2xx. */
export function statusFailure(statusCode: number): Failure | null {
  return statusCode >= 200 && statusCode < 300 ? null : unexpectedStatus(statusCode);
}

/** Of an answer that should have had another one. */
export function unexpectedStatus(statusCode: number): Failure {
  const message = `HTTP ${statusCode}`;
  if (statusCode === 401 || statusCode === 403) return { reason: "auth", message };
  return { reason: statusCode === 429 ? "rate_limited" : "http_status", message };
}
