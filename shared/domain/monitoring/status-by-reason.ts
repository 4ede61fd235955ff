/**
 * What a service is for each reason why it is not healthy: the one table of it.
 * Pure. Whoever judges an answer asks it (connection-failure.ts, the probes); `grace.ts` and `thresholds.ts` only make it worse.
 * Invariant: who answers as it should not is unhealthy or degraded, who does not answer is an error or a timeout, and what is our own
 * lack says nothing of it.
 */
import type { CheckStatus, Reason } from "./check.ts";

export const STATUS_BY_REASON: Readonly<Record<Reason, CheckStatus>> = {
  slow: "degraded",
  starting: "degraded",
  busy: "degraded",
  cpu_fallback: "degraded",
  semantic_drift: "degraded",
  partly_down: "degraded",
  error_rate: "degraded",
  overloaded: "degraded",
  full: "degraded",
  wedged: "unhealthy",
  http_status: "unhealthy",
  assertion: "unhealthy",
  auth: "unhealthy",
  rate_limited: "unhealthy",
  bad_body: "unhealthy",
  too_large: "unhealthy",
  protocol: "unhealthy",
  config: "unhealthy",
  refused: "error",
  reset: "error",
  unreachable: "error",
  dns: "error",
  tls: "error",
  forbidden_address: "error",
  internal: "error",
  deadline_connect: "timeout",
  deadline_response: "timeout",
  not_checked: "unknown",
  shortage: "unknown",
  isolated: "unknown",
  stale: "unknown",
  clock: "unknown",
};
