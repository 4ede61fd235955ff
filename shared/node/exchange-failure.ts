/**
 * What an error of undici means for an exchange: our closed reasons instead of some forty codes.
 * The HTTP attempt asks it. Codes only: messages of undici may quote the request.
 * Invariant: total; what it does not know is `internal`, because then the fault is ours.
 */
import { connectionFailure, deadlineFailure, type Failure } from "../domain/connection-failure.ts";

/** Carries the failure of a connection through undici, which passes errors of its connector on untouched. */
export class ConnectionError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = "ConnectionError";
    this.failure = failure;
  }
}

export const INTERNAL_FAILURE: Failure = { reason: "internal", message: "The request could not be sent" };

const CLOSED_EARLY: Failure = { reason: "reset", message: "Connection closed before the answer was complete" };
const NOT_HTTP: Failure = { reason: "protocol", message: "The answer is not HTTP" };

const UNDICI_FAILURES: { readonly [code: string]: Failure | undefined } = {
  UND_ERR_HEADERS_OVERFLOW: { reason: "protocol", message: "The headers of the answer are too large" },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: CLOSED_EARLY,
  UND_ERR_SOCKET: CLOSED_EARLY,
  HPE_INVALID_EOF_STATE: CLOSED_EARLY,
};

/** An answer that nobody asked for: `100 Continue`, or `101 Switching Protocols`. Undici has no code for it. */
const UNASKED = /^bad (response|upgrade)$/;

/** `isConnected` tells which of the two deadlines the system's own timeout (`ETIMEDOUT`) counts as. */
export function exchangeFailure(error: Error, isConnected: boolean): Failure {
  if (error instanceof ConnectionError) return error.failure;
  const code = "code" in error ? String(error.code) : "";
  if (code === "ETIMEDOUT") return deadlineFailure(isConnected);
  if (code === "UND_ERR_SOCKET" && UNASKED.test(error.message)) return NOT_HTTP;
  const known = Object.hasOwn(UNDICI_FAILURES, code) ? UNDICI_FAILURES[code] : undefined;
  return known ?? (code.startsWith("HPE_") ? NOT_HTTP : (connectionFailure(code) ?? INTERNAL_FAILURE));
}
