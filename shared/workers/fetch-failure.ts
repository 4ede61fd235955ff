/**
 * What the errors of Workers' `fetch`, and the answers that its edge makes up, mean for a check.
 * Pure; the fetch transport asks it. Invariant: fixed sentences only.
 */
import { deadlineFailure, UNKNOWN_ENCODING, type Failure } from "../domain/net/connection-failure.ts";

/** A URL or header that cannot be sent. */
export const UNSENDABLE: Failure = { reason: "internal", message: "The request cannot be sent" };
export const PROTOCOL: Failure = { reason: "protocol", message: "The answer is not valid HTTP" };

/** Also for a peer that does not speak HTTP: the platform does not tell these apart. */
export const LOST: Failure = { reason: "reset", message: "Connection lost" };

/** One invocation may ask so often only, its database included. */
export const SHORTAGE: Failure = { reason: "shortage", message: "This Worker may send no more requests at a time" };

/** Source: developers.cloudflare.com/workers/platform/limits/#subrequests, and the two sentences that the runtime has for it. */
export function isShortage(error: unknown): boolean {
  return error instanceof Error && /^Too many (subrequests|API requests)/.test(error.message);
}

/** workerd's one sentence for refused, reset and ended connections (seen with 1.20261117). */
export function isLostConnection(error: unknown): boolean {
  return error instanceof Error && error.message === "Network connection lost.";
}

/**
 * On Cloudflare's network a subrequest that fails does not reject: the edge answers in the target's place.
 * Source: developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors. For a target that is
 * itself behind Cloudflare the same answers mean the same of the origin behind it.
 */
const EDGE_FAILURES: { readonly [status: number]: Failure | undefined } = {
  520: PROTOCOL,
  521: { reason: "refused", message: "Connection refused" },
  522: deadlineFailure(false),
  523: { reason: "unreachable", message: "Host unreachable" },
  524: deadlineFailure(true),
  525: { reason: "tls", message: "TLS handshake failed" },
  526: { reason: "tls", message: "Certificate is not trusted" },
  530: { reason: "dns", message: "Name does not resolve" },
};

/** The encodings that the platform decodes. Others come as they are, and more than one is an attack or a mistake. */
const DECODED: ReadonlySet<string> = new Set(["", "identity", "gzip", "br"]);

/** As much as the Node runtime takes; the platform has no limit of its own that protects us. */
const MAX_HEADER_BYTES = 16_384;

/** Why this answer counts as none; null when it is one. */
export function findResponseFault({ status, headers }: Response): Failure | null {
  if (status < 200 || countHeaderBytes(headers) > MAX_HEADER_BYTES) return PROTOCOL;
  if (headers.get("server") === "cloudflare" && EDGE_FAILURES[status]) return EDGE_FAILURES[status];
  const encoding = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  return DECODED.has(encoding) ? null : UNKNOWN_ENCODING;
}

function countHeaderBytes(headers: Headers): number {
  let bytes = 0;
  for (const [name, value] of headers) bytes += name.length + value.length;
  return bytes;
}
