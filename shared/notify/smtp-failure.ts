/**
 * What went wrong between us and a mail server, as an outcome of the delivery.
 * `smtp-session.ts` asks it with whatever nodemailer or a socket threw. Never passes on what the server wrote, nor
 * nodemailer's own texts, which quote it.
 * Invariant: looks at nothing of an error but its codes; an outcome consists of fixed sentences and the reply code.
 */
import { connectionFailure, deadlineFailure } from "../domain/net/connection-failure.ts";
import type { DeliveryFailure, DeliveryOutcome } from "../ports/notifier.ts";
import { deferAfter } from "./delivery-failure.ts";

/** What is looked at of an error of nodemailer or of a socket. */
interface SmtpError {
  readonly name?: string;
  readonly code?: unknown;
  /** What the socket said before nodemailer put its own code there. */
  readonly originalCode?: unknown;
  /** Of the server's reply. */
  readonly responseCode?: unknown;
}

/** Replies to say that we are not who we should be, at whichever command they come (RFC 4954 §6). */
const CREDENTIALS_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

export const MAIL_TIMEOUT = deferAfter(deadlineFailure(true));

/** Trying again helps unless the server said 5xx, or there is no way to say who we are. */
export function explainSmtpError(error: unknown): DeliveryOutcome {
  const { code, originalCode, responseCode }: SmtpError = error instanceof Error ? error : {};
  if (code === "ETLS") return deferred("tls", "The mail server offers no encrypted connection");
  if (typeof responseCode === "number") return explainReply(responseCode, code === "EAUTH");
  return OUTCOMES[String(code)] ?? explainSocketError(String(originalCode ?? code));
}

function explainReply(replyCode: number, isLogin: boolean): DeliveryOutcome {
  const message = `The mail server answered ${replyCode}`;
  if (replyCode < 400) return deferred("invalid_response", message);
  if (replyCode < 500) return deferred("receiver_failed", message);
  const reason = isLogin || CREDENTIALS_REPLIES.has(replyCode) ? "credentials" : "refused";
  return { kind: "refused", reason, message };
}

/** Errors without a reply that nodemailer has a code for, and that do not come from the socket. */
const OUTCOMES: { readonly [code: string]: DeliveryOutcome | undefined } = {
  EAUTH: { kind: "refused", reason: "credentials", message: "The mail server offers no login that we know" },
  EMESSAGE: { kind: "refused", reason: "refused", message: "The mail server takes no such message" },
  EENVELOPE: { kind: "refused", reason: "refused", message: "The mail server takes no such message" },
  EPROTOCOL: deferred("invalid_response", "What answered does not speak SMTP"),
  ETIMEDOUT: MAIL_TIMEOUT,
};

function explainSocketError(code: string): DeliveryOutcome {
  const failure = connectionFailure(code);
  return failure ? deferAfter(failure) : deferred("connection", "Connection lost");
}

function deferred(reason: DeliveryFailure, message: string): DeliveryOutcome {
  return { kind: "deferred", reason, message, retryAfterMs: null };
}
