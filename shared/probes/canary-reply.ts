/**
 * What a server that is alive made of a little work that it was asked to do, by its status alone. Pure. Used where a canary is an HTTP
 * request.
 */
import type { HttpFailure } from "../ports/http-transport.ts";
import type { ProbeFailure } from "./observe.ts";
import type { Answered, Reply } from "./server-api.ts";
import { statusFailure } from "./status-failure.ts";

/** Nothing came in time, or it had no time for us. */
export function isSilence(reply: Reply): reply is HttpFailure | (Answered & { readonly statusCode: 429 | 503 }) {
  return reply.kind === "failure" || reply.statusCode === 429 || reply.statusCode === 503;
}

/** What it means that it refused; null: it was not asked for what it does, or nothing was refused. */
export function refusalFailure(statusCode: number | null): ProbeFailure | null {
  const failure = statusCode === null ? null : statusFailure(statusCode);
  if (failure === null || (failure.reason === "http_status" && Number(statusCode) < 500)) return null;
  return { reason: failure.reason, message: `Alive, but answered HTTP ${statusCode} when it was asked to work` };
}
