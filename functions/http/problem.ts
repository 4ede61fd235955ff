/**
 * What was refused and why: the one error class, and errors on the wire as RFC 9457 `application/problem+json`.
 * Endpoints throw it, app.ts makes the answer of everything that is thrown. A target being down is never an error but a value.
 * Invariant: what is not an AppError becomes a fixed text; details go to the log.
 */
import type { FieldFault } from "../../shared/domain/report-fault.ts";
import type { Log } from "../../shared/ports/log.ts";
import { jsonBytes, toResponse } from "./bytes.ts";

/** The closed list of error codes. */
export const STATUS = {
  invalid_parameter: [400, "Invalid parameter"],
  invalid_cursor: [400, "Invalid cursor"],
  invalid_body: [400, "Invalid body"],
  unauthorized: [401, "Unauthorized"],
  forbidden: [403, "Forbidden"],
  not_found: [404, "Not found"],
  method_not_allowed: [405, "Method not allowed"],
  conflict: [409, "Conflict"],
  content_too_large: [413, "Content too large"],
  unsupported_media_type: [415, "Unsupported media type"],
  uri_too_long: [414, "URI too long"],
  covers_nothing: [422, "Covers nothing"],
  too_many_requests: [429, "Too many requests"],
  misdirected_request: [421, "Misdirected request"],
  unavailable: [503, "Unavailable"],
  internal: [500, "Internal error"],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof STATUS;

interface ErrorDetails {
  readonly faults?: readonly FieldFault[];
  readonly retryAfterS?: number | null;
}

/** `message` is for the person who asked: it holds no secret and no internals. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly faults: readonly FieldFault[];
  /** When to ask again; null where nobody can tell. */
  readonly retryAfterS: number | null;

  constructor(code: ErrorCode, message: string, { faults = [], retryAfterS = null }: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.faults = faults;
    this.retryAfterS = retryAfterS;
  }
}

/** What endpoints refuse for reasons of their own, in the words for those that have none. */
export const REFUSALS = {
  not_found: "There is nothing here. GET / lists what there is.",
  conflict: "This is not possible now.",
  covers_nothing: "No service has such a key.",
  unavailable: "Nothing has been committed yet; ask again in a second.",
} as const satisfies Partial<Record<ErrorCode, string>>;

export type RefusalCode = keyof typeof REFUSALS;

/** What a client is told of an error. */
export interface Problem {
  readonly code: ErrorCode;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly faults: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Logs what the client must not see. */
export function describeError(error: unknown, log: Log): Problem {
  const { code, message, faults, retryAfterS } = error instanceof AppError ? error : internalError(error, log);
  const [status, title] = STATUS[code];
  const challenge = code === "unauthorized" ? { "www-authenticate": 'Bearer realm="monitoring"' } : {};
  const retry = retryAfterS === null ? {} : { "retry-after": String(retryAfterS) };
  return { code, title, status, detail: message, faults, headers: { ...challenge, ...retry } };
}

/** The answer for an error. `type` is the code, so that clients need not parse texts. */
export function problemResponse(error: unknown, log: Log, headers: Record<string, string> = {}): Response {
  const { code, title, status, detail, faults, headers: own } = describeError(error, log);
  const problem = {
    type: `urn:problem:${code}`,
    title,
    status,
    detail,
    ...(faults.length > 0 ? { errors: faults } : {}),
  };
  const more = { "content-type": "application/problem+json", ...own, ...headers };
  return toResponse(jsonBytes(JSON.stringify(problem), { status, headers: more }));
}

function internalError(error: unknown, log: Log): AppError {
  const fields = error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) };
  log.write("error", "request failed", fields);
  return new AppError("internal", "Something went wrong here. The log of the service has the details.");
}
