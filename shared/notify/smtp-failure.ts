/**
 * What went wrong between us and a mail server, as an outcome of the delivery.
 * `smtp-session.ts` asks it with whatever nodemailer or a socket threw. Never passes on what the server wrote, nor
 * nodemailer's own texts, which quote it.
 * Invariant: looks at nothing of an error but its codes; an outcome consists of fixed sentences and the reply code.
 */
import { connectionFailure } from "../domain/net/connection-failure.ts";
import type { DeliveryFailure, DeliveryOutcome } from "../ports/notifier.ts";

/** The codes of an error of nodemailer or of a socket; null for those that it does not have. */
interface Codes {
  readonly code: string | null;
  /** What the socket said before nodemailer put its own code there. */
  readonly socketCode: string | null;
  /** Of the server's reply. */
  readonly replyCode: number | null;
}

/** Replies to say that we are not who we should be, at whichever command they come (RFC 4954 §6). */
const CREDENTIALS_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

export const MAIL_TIMEOUT = deferred("timeout", "Request timed out");

/** Trying again helps unless the server said 5xx, or there is no way to say who we are. */
export function outcomeOfSmtpError(error: unknown): DeliveryOutcome {
  const codes = codesOf(error);
  if (codes.code === "ETLS") return deferred("tls", "The mail server offers no encrypted connection");
  if (codes.replyCode !== null) return outcomeOfReply(codes.replyCode, codes.code === "EAUTH");
  return OUTCOMES[codes.code ?? ""] ?? outcomeOfSocket(codes.socketCode ?? codes.code);
}

function outcomeOfReply(replyCode: number, isLogin: boolean): DeliveryOutcome {
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

function outcomeOfSocket(code: string | null): DeliveryOutcome {
  const failure = connectionFailure(code ?? undefined);
  if (!failure) return deferred("connection", "Connection lost");
  if (failure.reason === "deadline_connect") return MAIL_TIMEOUT;
  return deferred(failure.reason === "tls" ? "tls" : "connection", failure.message);
}

function deferred(reason: DeliveryFailure, message: string): DeliveryOutcome {
  return { kind: "deferred", reason, message, retryAfterMs: null };
}

function codesOf(error: unknown): Codes {
  const found: { readonly [key: string]: unknown } = typeof error === "object" && error !== null ? { ...error } : {};
  return {
    code: textOf(found["code"]),
    socketCode: textOf(found["originalCode"]),
    replyCode: typeof found["responseCode"] === "number" ? found["responseCode"] : null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
