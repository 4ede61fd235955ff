/**
 * What the error codes of sockets, name resolution and TLS mean for a check.
 * Pure. Transports and probers ask it with the code of an error, never with its text, which may hold secrets.
 * Invariant: every sentence here is fixed; nothing that a peer sent gets into a message.
 */
import type { Reason } from "../monitoring/check.ts";

/** Why an exchange failed, as a value. */
export interface Failure {
  readonly reason: Reason;
  /** One sentence without secrets. */
  readonly message: string;
}

/** Where a name leads, or why nowhere. */
export type Resolution = { readonly address: string } | { readonly failure: Failure };

/** The sentence of every timeout; the seed's clients look for it. */
const TIMED_OUT = "Request timed out";

const NO_SUCH_NAME: Failure = { reason: "dns", message: "Name not found" };
const NO_RESOLUTION: Failure = { reason: "dns", message: "Name does not resolve" };

const UNTRUSTED = `CERT_SIGNATURE_FAILURE SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE`;

/** Of a certificate, or of the clock that it is judged by: it becomes right by itself. */
export const NOT_YET_VALID: Failure = { reason: "tls", message: "Certificate is not valid yet" };

/** Reason, sentence, and the codes that stand for it. */
const FAILURES: readonly (readonly [reason: Reason, message: string, codes: string])[] = [
  ["refused", "Connection refused", "ECONNREFUSED"],
  ["reset", "Connection reset", "ECONNRESET ECONNABORTED EPIPE"],
  ["unreachable", "Host unreachable", "EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN"],
  // A missing address family, a firewall of this machine, a broadcast address: no packet leaves for the target.
  ["unreachable", "Host unreachable", "EADDRNOTAVAIL EAFNOSUPPORT EACCES EPERM"],
  // The system gave up before our own deadline did.
  ["deadline_connect", TIMED_OUT, "ETIMEDOUT"],
  ["shortage", "This machine has run out of sockets or memory", "EMFILE ENFILE ENOBUFS ENOMEM"],
  ["tls", "Certificate has expired", "CERT_HAS_EXPIRED"],
  [NOT_YET_VALID.reason, NOT_YET_VALID.message, "CERT_NOT_YET_VALID"],
  ["tls", "Certificate is revoked", "CERT_REVOKED"],
  ["tls", "Certificate is self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["tls", "Certificate is for another host", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["tls", "Certificate is not trusted", UNTRUSTED],
];

const BY_CODE: ReadonlyMap<string, Failure> = new Map(
  FAILURES.flatMap(([reason, message, codes]) => codes.split(/\s+/).map((code) => [code, { reason, message }])),
);

/** Codes of OpenSSL and of certificate checks that have no sentence of their own. */
const TLS_CODE = /^(ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|ERROR_IN_|CRL_|EPROTO$|HOSTNAME_MISMATCH$|INVALID_)/;

/** Of a connection whose error has a code that nobody knows: then the fault is ours. */
export const UNKNOWN_FAILURE: Failure = { reason: "internal", message: "The connection failed for an unknown reason" };

/** The code of an error of a socket or of a name resolution. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** The failure behind the code of a socket or TLS error, such as `ECONNREFUSED`; null for a code that is none of these. */
export function connectionFailure(code: string | undefined): Failure | null {
  if (code === undefined) return null;
  return BY_CODE.get(code) ?? (TLS_CODE.test(code) ? { reason: "tls", message: "TLS handshake failed" } : null);
}

/** The failure behind the code of a name resolution, such as `ENOTFOUND`; there, `ECONNREFUSED` is about the DNS server. */
export function resolutionFailure(code: string | undefined): Failure {
  return code === "ENOTFOUND" || code === "ENODATA" ? NO_SUCH_NAME : NO_RESOLUTION;
}

/** The deadline passed before or after the connection was established. */
export function deadlineFailure(connected: boolean): Failure {
  return { reason: connected ? "deadline_response" : "deadline_connect", message: TIMED_OUT };
}

/** An address that `address-policy` does not allow. */
export const FORBIDDEN_ADDRESS: Failure = { reason: "forbidden_address", message: "The address must not be called" };

/** A body that is not what its `content-encoding` announces, or that announces what we cannot read. */
export const BROKEN_BODY: Failure = { reason: "bad_body", message: "The body cannot be decoded" };
export const UNKNOWN_ENCODING: Failure = {
  reason: "bad_body",
  message: "The body has an unsupported content encoding",
};
