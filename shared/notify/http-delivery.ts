/**
 * One message as one HTTP request, and what its answer means: the retry table of all channels that speak HTTP.
 * Channels build the request and read what is their receiver's own in a good answer; everything else is decided here.
 * Invariants: redirects are never followed; an outcome consists of fixed sentences and the status code, never of the URL or
 * of what the receiver wrote, since both may hold secrets.
 */
import type { Reason } from "../domain/monitoring/check.ts";
import type { HttpResponse, HttpFailure } from "../ports/http-transport.ts";
import type { DeliveryContext, DeliveryFailure, DeliveryOutcome } from "../ports/notifier.ts";
import type { ReceiverUrl } from "./receiver-url.ts";
import { delayOfHeader } from "./retry-after.ts";

export interface Post {
  readonly url: ReceiverUrl;
  /** Names in lower case; with its content type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ResponseReading {
  /** What an answer with 2xx says: the receipt, null without one, `not_ours` when that receiver never answers like this. */
  readonly receiptOf?: (response: HttpResponse) => Receipt;
  /** The delay that the body asks for; it counts instead of the header. */
  readonly delayMsOf?: (response: HttpResponse) => number | null;
}

export type Receipt = { readonly text: string | null } | "not_ours";

const NO_RECEIPT: Receipt = { text: null };

/** Answers to messages are a few words; what comes after this is not read. */
const MAX_ANSWER_BYTES = 4_096;

/** Sends one POST within the context's timeout and judges the answer. Never rejects. */
export async function deliverByHttp(
  { url, headers, body }: Post,
  { http, clock, timeoutMs }: DeliveryContext,
  { receiptOf = () => NO_RECEIPT, delayMsOf = () => null }: ResponseReading = {},
): Promise<DeliveryOutcome> {
  const response = await http.exchange({
    url: url.href,
    method: "POST",
    headers,
    body,
    timeoutMs,
    maxBodyBytes: MAX_ANSWER_BYTES,
    // A pooled one may send twice: after a failure on a connection that was reused.
    connection: "fresh",
    allowLoopback: url.allowLoopback,
    via: null,
    verifyTls: true,
  });
  if (response.kind === "failure") return outcomeOfFailure(response);
  const { statusCode, headers: answered } = response;
  if (statusCode >= 200 && statusCode <= 299) return outcomeOfReceipt(receiptOf(response));
  const { isLasting, reason } = meaningOf(statusCode);
  const message = messageOf(statusCode);
  if (isLasting) return { kind: "refused", reason, message };
  const retryAfterMs = delayMsOf(response) ?? delayOfHeader(answered["retry-after"], clock.nowMs());
  return { kind: "deferred", reason, message, retryAfterMs };
}

/** The JSON of an answer as an object; empty for anything else. */
export function jsonOf({ body }: HttpResponse): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Not JSON: whoever asked for a key of it gets none.
    return {};
  }
}

/** Refused rather than deferred: it may have been delivered, and sending it again for a day would be worse than telling others. */
function outcomeOfReceipt(receipt: Receipt): DeliveryOutcome {
  if (receipt !== "not_ours") return { kind: "accepted", receipt: receipt.text };
  return {
    kind: "refused",
    reason: "invalid_response",
    message: "What answered is not the receiver that was expected",
  };
}

interface Meaning {
  /** True when trying again cannot help. */
  readonly isLasting: boolean;
  readonly reason: DeliveryFailure;
}

/** Status codes that mean something else than their class. */
const MEANINGS: { readonly [statusCode: number]: Meaning | undefined } = {
  401: { isLasting: true, reason: "credentials" },
  403: { isLasting: true, reason: "credentials" },
  408: { isLasting: false, reason: "timeout" },
  425: { isLasting: false, reason: "receiver_failed" },
  429: { isLasting: false, reason: "rate_limited" },
};

function meaningOf(statusCode: number): Meaning {
  const known = MEANINGS[statusCode];
  if (known) return known;
  return statusCode >= 500 ? { isLasting: false, reason: "receiver_failed" } : { isLasting: true, reason: "refused" };
}

function messageOf(statusCode: number): string {
  const isRedirect = statusCode >= 300 && statusCode <= 399;
  return `The receiver answered HTTP ${statusCode}${isRedirect ? "; redirects are not followed" : ""}`;
}

/** What the failure of an exchange means for a delivery; whatever is not listed is about the connection. */
const FAILURES: { readonly [reason in Reason]?: DeliveryFailure } = {
  deadline_connect: "timeout",
  deadline_response: "timeout",
  tls: "tls",
  protocol: "invalid_response",
  bad_body: "invalid_response",
};

/** The transport's own sentences are fixed ones, too. */
function outcomeOfFailure({ reason, message }: HttpFailure): DeliveryOutcome {
  return { kind: "deferred", reason: FAILURES[reason] ?? "connection", message, retryAfterMs: null };
}
