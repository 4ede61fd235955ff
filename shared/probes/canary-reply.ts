/**
 * What came of a little work that a server was asked to do, whatever its API: the same for every check type that sends canaries. Pure.
 * Invariants: a proxy that has heard nothing says as little as silence; nothing is proof but what was asked for: a token, or a vector.
 */
import type { ProbeFailure } from "./observe.ts";
import { isAnswer } from "./replies.ts";
import type { Answered, Reply } from "./server-api.ts";

export type CanaryResult =
  | { readonly kind: "answered"; readonly reply: Answered }
  /** Nothing came in time, or it had no time for us. */
  | { readonly kind: "silent" }
  /** It does not do its work, or something else answers in its place. */
  | { readonly kind: "failed"; readonly statusCode: number }
  /** It was asked for what it does not do. */
  | { readonly kind: "refused"; readonly statusCode: number }
  /** The connection was. */
  | { readonly kind: "lost" };

/** Too many requests, and gateways that did not get an answer either. */
const SILENT: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const NO_ENTRY: ReadonlySet<number> = new Set([401, 403]);
const NOT_IMPLEMENTED = 501;

/** `isProof`: whether a good answer holds what was asked for. */
export function readResult(reply: Reply, isProof: (answer: Answered) => boolean): CanaryResult {
  if (reply.kind === "failure") return { kind: reply.reason.startsWith("deadline") ? "silent" : "lost" };
  const { statusCode } = reply;
  if (SILENT.has(statusCode)) return { kind: "silent" };
  if (isAnswer(reply)) return isProof(reply) ? { kind: "answered", reply } : { kind: "failed", statusCode };
  const isFault = NO_ENTRY.has(statusCode) || isBroken(statusCode);
  return { kind: isFault ? "failed" : "refused", statusCode };
}

const isBroken = (statusCode: number): boolean => statusCode >= 500 && statusCode !== NOT_IMPLEMENTED;

/** `at`: when it was asked, in words. */
export function answerFailure(statusCode: number, at: string): ProbeFailure {
  if (statusCode < 300)
    return {
      reason: "protocol",
      message: `Alive, but its answer to the canary of ${at} holds nothing of what was asked for`,
    };
  const message = `Alive, but answered HTTP ${statusCode} to the canary of ${at}`;
  if (NO_ENTRY.has(statusCode)) return { reason: "auth", message };
  return { reason: isBroken(statusCode) ? "http_status" : "config", message };
}
