/**
 * What the failure of an exchange, of a name or of a socket means for a delivery, whatever the channel speaks.
 * Invariant: a connection that fails is never a receiver that refuses: it is tried again; but a certificate that is not trusted now
 * will not be in a minute; one of the future will be, all the more where it is our clock that is wrong.
 */
import type { Reason } from "../domain/monitoring/check.ts";
import { NOT_YET_VALID, type Failure } from "../domain/net/connection-failure.ts";
import type { DeliveryFailure, DeliveryOutcome } from "../ports/notifier.ts";

/** Whatever is not listed is about the connection. */
const MEANINGS: { readonly [reason in Reason]?: DeliveryFailure } = {
  deadline_connect: "timeout",
  deadline_response: "timeout",
  tls: "tls",
  protocol: "invalid_response",
  bad_body: "invalid_response",
};

/** Everything had been sent when it failed. */
const ANSWERLESS: ReadonlySet<Reason> = new Set(["deadline_response", "protocol", "bad_body", "too_large"]);

/** The failure's own sentence is a fixed one. @param isPaid a copy costs: a connection that broke may have brought one */
export function explainFailure({ reason, message }: Failure, isPaid = false): DeliveryOutcome {
  if (reason === "tls" && message !== NOT_YET_VALID.message) return { kind: "refused", reason, message };
  const deferred = { kind: "deferred", reason: MEANINGS[reason] ?? "connection", message, retryAfterMs: null } as const;
  return ANSWERLESS.has(reason) || (isPaid && reason === "reset") ? { ...deferred, mayHaveArrived: true } : deferred;
}
