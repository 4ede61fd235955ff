/**
 * The one error class: what went wrong, in a closed list of codes, with a message fit for the person who asked.
 * Knows no HTTP: `functions/http/problem.ts` maps codes to status codes. A target being down is never an AppError but a value.
 * Invariant: `message` holds no secret and no internals; those go to the log through `cause`.
 */
export type ErrorCode =
  | "invalid_parameter"
  | "invalid_cursor"
  | "invalid_body"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "content_too_large"
  | "unsupported_media_type"
  | "too_many_requests"
  | "misdirected_request"
  | "uri_too_long"
  | "unavailable"
  | "internal";

/** One fault of the request, e.g. `{ field: "limit", message: "expected a whole number from 1 to 1000" }`. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly faults: readonly FieldFault[];

  constructor(code: ErrorCode, message: string, options: { faults?: readonly FieldFault[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.faults = options.faults ?? [];
  }
}
