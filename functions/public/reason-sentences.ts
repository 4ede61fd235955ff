/**
 * Why something is not well, in words for strangers: the one sentence that they are told of a failure.
 * Pure. Invariant: nothing in it says what the service is made of, where it runs or how it is watched.
 */
import type { Reason } from "../../shared/domain/monitoring/check.ts";

export const PUBLIC_SENTENCES: Readonly<Record<Reason, string>> = {
  slow: "It answers later than it should.",
  starting: "It is starting.",
  busy: "It is busy.",
  wedged: "It does not do its work.",
  cpu_fallback: "It works more slowly than it should.",
  semantic_drift: "It does not answer as it used to.",
  partly_down: "A part of it is down.",
  error_rate: "Many requests to it fail.",
  overloaded: "It has more to do than it can.",
  full: "It has no room left.",
  http_status: "It answers with an error.",
  assertion: "It does not answer as it should.",
  auth: "It does not let us look.",
  rate_limited: "It is busy.",
  bad_body: "It does not answer as it should.",
  too_large: "It does not answer as it should.",
  protocol: "It does not answer as it should.",
  refused: "It takes no connections.",
  reset: "It breaks off before it has answered.",
  unreachable: "There is no way to it.",
  dns: "Its name is not known.",
  tls: "No secure connection to it is possible.",
  forbidden_address: "There is no way to it.",
  deadline_connect: "It does not take connections in time.",
  deadline_response: "It does not answer in time.",
  config: "It does not answer as it should.",
  not_checked: "It has not been checked yet.",
  shortage: "It could not be checked.",
  isolated: "The monitor itself is cut off from the network.",
  stale: "Nothing is known of it at the moment.",
  clock: "It could not be checked.",
  internal: "It could not be checked.",
};
