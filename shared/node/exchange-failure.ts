/**
 * What an error of undici means for an exchange: our closed reasons instead of some forty codes.
 * Messages are looked at, never passed on: they may quote the request.
 * Invariant: total; what it does not know is `internal`, because then the fault is ours.
 */
import { connectionFailure, deadlineFailure, errorCode, type Failure } from "../domain/net/connection-failure.ts";
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

const INTERNAL_FAILURE: Failure = { reason: "internal", message: "The request could not be sent" };

const CLOSED_EARLY: Failure = { reason: "reset", message: "Connection closed before the answer was complete" };
const NOT_HTTP: Failure = { reason: "protocol", message: "The answer is not HTTP" };

const HUGE_HEADERS: Failure = { reason: "protocol", message: "The headers of the answer are too large" };

/** An answer that nobody asked for: `100 Continue`, or `101 Switching Protocols`. Undici has no code for it. */
const UNASKED = /^bad (response|upgrade)$/;

/** The parser's errors have no code in undici 8.12, and a body that was cut off is one of them. */
const CUT_OFF = /EOF/;

const BY_CODE: { readonly [code: string]: ((error: Error, phase: Phase | null) => Failure) | undefined } = {
  ETIMEDOUT: (_error, phase) => deadlineFailure(isConnectedIn(phase)),
  UND_ERR_HEADERS_OVERFLOW: () => HUGE_HEADERS,
  UND_ERR_SOCKET: ({ message }) => (UNASKED.test(message) ? NOT_HTTP : CLOSED_EARLY),
  // Of a body: too short. Before it: two lengths that contradict each other.
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: (_error, phase) => (phase === "body" ? CLOSED_EARLY : NOT_HTTP),
};

/** `phase` is the one that the error ended. */
export function exchangeFailure(error: Error, phase: Phase | null): Failure {
  if (error instanceof ConnectionError) return error.failure;
  if (error.name === "HTTPParserError") return CUT_OFF.test(error.message) ? CLOSED_EARLY : NOT_HTTP;
  const code = errorCode(error) ?? "";
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  return known?.(error, phase) ?? connectionFailure(code) ?? INTERNAL_FAILURE;
}
