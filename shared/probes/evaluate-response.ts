/**
 * Whether an HTTP answer is the one that was expected, and what of it is kept. Knows no network.
 * Invariant: total: no body, however broken, makes it throw.
 */
import type { Body } from "../domain/monitoring/body-data.ts";
import type { AssertBody } from "../domain/monitoring/json-assertion.ts";
import type { Failure } from "../domain/net/connection-failure.ts";
import type { HttpResponse } from "../ports/http-transport.ts";
import type { ProbeFailure } from "./observe.ts";
import { unexpectedStatus } from "./status-failure.ts";

export interface Expectations {
  readonly expectsStatus: (statusCode: number) => boolean;
  /** Text that the body must contain; null for none. */
  readonly keyword: string | null;
  readonly assertions: readonly AssertBody[];
}

export interface Evaluation {
  /** Null when the answer is as expected. */
  readonly failure: ProbeFailure | null;
  /** What was read of the body; undefined when it is empty or neither JSON nor text. */
  readonly body: Body | undefined;
}

export function evaluateResponse(expected: Expectations, response: HttpResponse): Evaluation {
  const body = readBody(response, expected.assertions.length > 0);
  const failure = findStatusFault(expected, response.statusCode) ?? findBodyFault(expected, response, body);
  return { failure, body: body === BROKEN_JSON ? undefined : body };
}

function findStatusFault({ expectsStatus }: Expectations, statusCode: number): Failure | null {
  return expectsStatus(statusCode) ? null : unexpectedStatus(statusCode);
}

/** Enough for every health document and list of models; more is not read. */
export const MAX_BODY_BYTES = 65_536;

const TOO_LARGE: Failure = { reason: "too_large", message: "The body is larger than 64 KiB" };
const NOT_JSON: Failure = { reason: "bad_body", message: "The body is not valid JSON" };
const NO_KEYWORD: Failure = { reason: "assertion", message: "The keyword is not in the body" };

function findBodyFault(
  { keyword, assertions }: Expectations,
  { body: bytes, truncated }: HttpResponse,
  body: Body | undefined | typeof BROKEN_JSON,
): ProbeFailure | null {
  if (keyword !== null && !lenientUtf8.decode(bytes).includes(keyword)) return truncated ? TOO_LARGE : NO_KEYWORD;
  if (body === BROKEN_JSON) return NOT_JSON;
  if (assertions.length === 0) return null;
  if (truncated) return TOO_LARGE;
  return body !== undefined && "json" in body ? firstComplaint(assertions, body.json) : NOT_JSON;
}

function firstComplaint(assertions: Expectations["assertions"], body: unknown): ProbeFailure | null {
  const complaints = assertions.map((assertBody) => assertBody(body));
  const message = complaints.find((complaint) => complaint !== null);
  return message === undefined ? null : { reason: "assertion", message };
}

const BROKEN_JSON = Symbol("broken JSON");

/** Undefined: there is nothing to keep. `wantsJson`: there are assertions, so the body is read as JSON whatever its type says. */
function readBody(
  { headers, body, truncated }: HttpResponse,
  wantsJson: boolean,
): Body | undefined | typeof BROKEN_JSON {
  if (truncated) return { moreThanBytes: MAX_BODY_BYTES };
  if (body.length === 0) return undefined;
  const mediaType = (headers["content-type"] ?? "").split(";", 1).join("").trim().toLowerCase();
  if (wantsJson || JSON_TYPE.test(mediaType)) return parseJson(body);
  return mediaType.startsWith("text/") ? { text: lenientUtf8.decode(body) } : undefined;
}

const JSON_TYPE = /^(application|text)\/([^/]+\+)?json$/;

/** Both skip a byte order mark, which some servers put before JSON. */
const lenientUtf8 = new TextDecoder("utf-8");
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(body: Uint8Array): Body | typeof BROKEN_JSON {
  try {
    const json: unknown = JSON.parse(strictUtf8.decode(body));
    return { json };
  } catch {
    // Not UTF-8 or not JSON; the parser's words would quote the body.
    return BROKEN_JSON;
  }
}
