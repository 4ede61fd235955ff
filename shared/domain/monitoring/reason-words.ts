/**
 * Why something was down, in a few words for who runs it, where there is no room for a sentence: the label of an outage in a chart.
 * Pure; for the pages and for their scripts. Invariant: none has more than 22 characters.
 */
import type { Reason } from "./check.ts";

export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  slow: "slow",
  starting: "still starting",
  busy: "too busy to answer",
  wedged: "serves nobody",
  cpu_fallback: "on the CPU",
  semantic_drift: "another model",
  partly_down: "partly down",
  error_rate: "too many errors",
  overloaded: "beyond its limits",
  full: "no room left",
  http_status: "wrong HTTP status",
  assertion: "wrong answer",
  auth: "credentials refused",
  rate_limited: "too many requests",
  bad_body: "broken answer",
  too_large: "answer too large",
  protocol: "wrong protocol",
  refused: "connection refused",
  reset: "connection lost",
  unreachable: "no route",
  dns: "name not known",
  tls: "TLS failed",
  forbidden_address: "forbidden address",
  deadline_connect: "no connection in time",
  deadline_response: "timed out",
  config: "request refused",
  not_checked: "not checked yet",
  shortage: "monitor lacked means",
  isolated: "monitor was cut off",
  stale: "no fresh check",
  clock: "clock was wrong",
  internal: "monitor failed",
};
