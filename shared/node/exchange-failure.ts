/**
 * What an error of undici means for an exchange: our closed reasons instead of some forty codes.
 * The HTTP attempt asks it. Messages are looked at, never passed on: they may quote
 * the request.
 * Invariant: total; what it does not know is `internal`, because then the fault is ours.
 */
import { connectionFailure, deadlineFailure, type Failure } from "../domain/connection-failure.ts";
import { isConnectedIn, type Phase } from "./phase-clock.ts";

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
  UND_ERR_SOCKET: CLOSED_EARLY,
};

/** An answer that nobody asked for: `100 Continue`, or `101 Switching Protocols`. Undici has no code for it. */
const UNASKED = /^bad (response|upgrade)$/;

/** The parser's errors have no code in undici 8.12, and a body that was cut off is one of them. */
const CUT_OFF = /EOF/;

/** `phase` is the one that the error ended. */
export function exchangeFailure(error: Error, phase: Phase | null): Failure {
  if (error instanceof ConnectionError) return error.failure;
  if (error.name === "HTTPParserError") return CUT_OFF.test(error.message) ? CLOSED_EARLY : NOT_HTTP;
  const code = "code" in error ? String(error.code) : "";
  if (code === "ETIMEDOUT") return deadlineFailure(isConnectedIn(phase));
  if (code === "UND_ERR_SOCKET" && UNASKED.test(error.message)) return NOT_HTTP;
  // Of a body: too short. Before it: two lengths that contradict each other.
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return phase === "body" ? CLOSED_EARLY : NOT_HTTP;
  const known = Object.hasOwn(UNDICI_FAILURES, code) ? UNDICI_FAILURES[code] : undefined;
  return known ?? connectionFailure(code) ?? INTERNAL_FAILURE;
}
