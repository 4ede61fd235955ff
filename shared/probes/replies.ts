/**
 * What every deep probe makes of the answer by which it knows that a server is alive. Pure. Invariant: knows no API.
 */
import type { Finding } from "../ports/prober.ts";
import { objectAt, textAt } from "./read-json.ts";
import type { Answered, Reply } from "./server-api.ts";
import { statusFailure } from "./status-failure.ts";

export type Measured = Pick<Finding, "responseTimeMs" | "statusCode" | "details">;

export function measureReply(reply: Reply): Measured {
  const { timings, certificateExpiresAtMs, durationMs: responseTimeMs } = reply;
  return {
    responseTimeMs,
    statusCode: reply.kind === "answered" ? reply.statusCode : null,
    details: { timings, ...(certificateExpiresAtMs !== undefined && { certificateExpiresAtMs }) },
  };
}

/** With success. */
export function isAnswer(reply: Reply): reply is Answered {
  return reply.kind === "answered" && statusFailure(reply.statusCode) === null;
}

/** A 503 that says so: as LocalAI while it preloads, as llama.cpp, also behind others. */
export function isStarting({ statusCode, json }: Pick<Answered, "statusCode" | "json">): boolean {
  if (statusCode !== 503) return false;
  return textAt(json, "status") === "starting" || textAt(objectAt(json, "error"), "message") === "Loading model";
}
