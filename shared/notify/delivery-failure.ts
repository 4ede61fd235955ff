/**
 * What the failure of an exchange, of a name or of a socket means for a delivery, whatever the channel speaks.
 * Invariant: a connection that fails is never a receiver that refuses: it is tried again.
 */
import type { Reason } from "../domain/monitoring/check.ts";
import type { Failure } from "../domain/net/connection-failure.ts";
import type { DeliveryFailure, DeliveryOutcome } from "../ports/notifier.ts";

/** Whatever is not listed is about the connection. */
const MEANINGS: { readonly [reason in Reason]?: DeliveryFailure } = {
  deadline_connect: "timeout",
  deadline_response: "timeout",
  tls: "tls",
  protocol: "invalid_response",
  bad_body: "invalid_response",
};

/** The failure's own sentence is a fixed one. */
export function deferAfter({ reason, message }: Failure): DeliveryOutcome {
  return { kind: "deferred", reason: MEANINGS[reason] ?? "connection", message, retryAfterMs: null };
}
