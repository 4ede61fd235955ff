/**
 * Whether an HTTP answer is the one that was expected, and what of it is kept. Knows no network.
 * Invariant: total: no body, however broken, makes it throw.
 */
import { bodyData, textData } from "../domain/monitoring/body-data.ts";
import type { Json } from "../domain/monitoring/check.ts";
import type { AssertBody } from "../domain/monitoring/json-assertion.ts";
import type { Failure } from "../domain/net/connection-failure.ts";
import type { HttpResponse } from "../ports/http-transport.ts";

export interface Expectations {
  readonly expectsStatus: (statusCode: number) => boolean;
  /** Text that the body must contain; null for none. */
  readonly keyword: string | null;
  readonly assertions: readonly AssertBody[];
}

export interface Evaluation {
  /** Null when the answer is as expected. */
  readonly failure: Failure | null;
  /** What to keep of the body; undefined when it is empty or neither JSON nor text. */
  readonly data: Json | undefined;
}

export function evaluateResponse(expected: Expectations, response: HttpResponse): Evaluation {
  const content = readContent(response, expected.assertions.length > 0);
  const failure = findStatusFault(expected, response.statusCode) ?? findBodyFault(expected, response, content);
  return { failure, data: keepData(content) };
}

function findStatusFault({ expectsStatus }: Expectations, statusCode: number): Failure | null {
  if (expectsStatus(statusCode)) return null;
  const message = `HTTP ${statusCode}`;
  if (statusCode === 401 || statusCode === 403) return { reason: "auth", message };
  return { reason: statusCode === 429 ? "rate_limited" : "http_status", message };
}

const TOO_LARGE: Failure = { reason: "too_large", message: "The body is larger than 64 KiB" };
const NOT_JSON: Failure = { reason: "bad_body", message: "The body is not valid JSON" };
const NO_KEYWORD: Failure = { reason: "assertion", message: "The keyword is not in the body" };

function findBodyFault(
  { keyword, assertions }: Expectations,
  { body }: HttpResponse,
  content: Content,
): Failure | null {
  if (keyword !== null && !lenientUtf8.decode(body).includes(keyword)) {
    return content.kind === "cut_off" ? TOO_LARGE : NO_KEYWORD;
  }
  if (content.kind === "broken_json") return NOT_JSON;
  if (assertions.length === 0) return null;
  if (content.kind === "cut_off") return TOO_LARGE;
  return content.kind === "json" ? firstComplaint(assertions, content.value) : NOT_JSON;
}

function firstComplaint(assertions: Expectations["assertions"], body: unknown): Failure | null {
  const complaints = assertions.map((assertBody) => assertBody(body));
  const message = complaints.find((complaint) => complaint !== null);
  return message === undefined ? null : { reason: "assertion", message };
}

type Content =
  | { readonly kind: "none" | "cut_off" | "broken_json" | "other" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "text"; readonly text: string };

/** `wantsJson`: there are assertions, so the body is read as JSON whatever its type says. */
function readContent({ headers, body, truncated }: HttpResponse, wantsJson: boolean): Content {
  if (truncated) return { kind: "cut_off" };
  if (body.length === 0) return { kind: "none" };
  const mediaType = (headers["content-type"] ?? "").split(";", 1).join("").trim().toLowerCase();
  if (wantsJson || JSON_TYPE.test(mediaType)) return parseJson(body);
  return mediaType.startsWith("text/") ? { kind: "text", text: lenientUtf8.decode(body) } : { kind: "other" };
}

const JSON_TYPE = /^(application|text)\/([^/]+\+)?json$/;

/** Both skip a byte order mark, which some servers put before JSON. */
const lenientUtf8 = new TextDecoder("utf-8");
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(body: Uint8Array): Content {
  try {
    const value: unknown = JSON.parse(strictUtf8.decode(body));
    return { kind: "json", value };
  } catch {
    // Not UTF-8 or not JSON; the parser's words would quote the body.
    return { kind: "broken_json" };
  }
}

function keepData(content: Content): Json | undefined {
  if (content.kind === "json") return bodyData(content.value);
  if (content.kind === "text") return textData(content.text) || undefined;
  return content.kind === "cut_off" ? { summary: "more than 64 KiB" } : undefined;
}
