/**
 * One message as one HTTP request, and what its answer means: the retry table of all channels that speak HTTP.
 * Channels build the request and read what is their receiver's own in a good answer; everything else is decided here.
 * Invariants: redirects are never followed; an outcome consists of fixed sentences and the status code, never of the URL or
 * of what the receiver wrote, since both may hold secrets.
 */
import type { UrlTarget } from "../domain/net/target.ts";
import type { HttpResponse } from "../ports/http-transport.ts";
import type { DeliveryContext, DeliveryFailure, DeliveryOutcome } from "../ports/notifier.ts";
import { explainFailure } from "./delivery-failure.ts";
import { readRetryAfter } from "./retry-after.ts";

export interface Post {
  readonly target: UrlTarget;
  /** Names in lower case; with its content type. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ResponseReading {
  /** What an answer with 2xx says: the receipt, null without one, `not_ours` when that receiver never answers like this. */
  readonly readReceipt?: (response: HttpResponse) => Receipt;
  /** True where each copy is paid: then a connection that breaks may have brought one. Elsewhere the receiver is rather restarting. */
  readonly isPaid?: boolean;
  /** The delay that the body asks for; it counts instead of the header. */
  readonly readDelayMs?: (response: HttpResponse) => number | null;
}

export type Receipt = { readonly text: string | null } | "not_ours";

const NO_RECEIPT: Receipt = { text: null };

/** Answers to messages are a few words; what comes after this is not read. */
const MAX_ANSWER_BYTES = 4_096;

/** Sends one POST within the context's timeout and reads the answer. Never rejects. */
export async function deliverByHttp(
  post: Post,
  { http, clock, timeoutMs }: DeliveryContext,
  { readReceipt = () => NO_RECEIPT, readDelayMs = () => null, isPaid = false }: ResponseReading = {},
): Promise<DeliveryOutcome> {
  const response = await http.exchange({
    ...post,
    method: "POST",
    timeoutMs,
    maxBodyBytes: MAX_ANSWER_BYTES,
    // A pooled one may send twice: after a failure on a connection that was reused.
    connection: "fresh",
  });
  if (response.kind === "failure") return explainFailure(response, isPaid);
  const { statusCode, headers: answered } = response;
  if (statusCode >= 200 && statusCode <= 299) return settle(readReceipt(response));
  const reason = REASONS[statusCode] ?? (statusCode >= 500 ? "receiver_failed" : "refused");
  const message = formatStatus(statusCode);
  if (LASTING.has(reason)) return { kind: "refused", reason, message };
  const retryAfterMs = readDelayMs(response) ?? readRetryAfter(answered["retry-after"], clock.wallMs());
  return { kind: "deferred", reason, message, retryAfterMs };
}

/** The JSON of an answer as an object; empty for anything else. */
export function parseJsonBody({ body }: HttpResponse): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Not JSON: whoever asked for a key of it gets none.
    return {};
  }
}

/** Refused rather than deferred: it may have been delivered, and sending it again for a day would be worse than telling others. */
function settle(receipt: Receipt): DeliveryOutcome {
  if (receipt !== "not_ours") return { kind: "accepted", receipt: receipt.text };
  return {
    kind: "refused",
    reason: "invalid_response",
    message: "What answered is not the receiver that was expected",
  };
}

/** Status codes that mean something else than their class. */
const REASONS: { readonly [statusCode: number]: DeliveryFailure | undefined } = {
  401: "credentials",
  403: "credentials",
  408: "timeout",
  425: "receiver_failed",
  429: "rate_limited",
};

/** Trying again cannot help. */
const LASTING: ReadonlySet<DeliveryFailure> = new Set(["credentials", "refused"]);

function formatStatus(statusCode: number): string {
  const isRedirect = statusCode >= 300 && statusCode <= 399;
  return `The receiver answered HTTP ${statusCode}${isRedirect ? "; redirects are not followed" : ""}`;
}
