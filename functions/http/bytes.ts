/**
 * An answer on its way out: status, headers and body as they are sent.
 * Handlers that declare `answersWith: "bytes"` return one, because theirs cannot be a value: JSON that is stored or was written
 * in turns, or none as nothing has changed. app.ts and problem.ts make the others.
 * Invariants: no answer leaves without SECURITY_HEADERS, and nothing is cached unless it says so.
 */

/**
 * No HSTS: the LAN speaks plain http. No CORS: no other origin reads this API from a browser. Data and not a middleware, which
 * costs 13 µs a request; the Node runtime's short cut sends them as well.
 */
export const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

export interface Bytes {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or UTF-8 already; null for none. */
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

const JSON_HEADERS = {
  ...SECURITY_HEADERS,
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
} as const;

export function jsonBytes(
  body: Bytes["body"],
  { status = 200, headers }: Partial<Pick<Bytes, "status" | "headers">> = {},
): Bytes {
  return { status, headers: headers ? { ...JSON_HEADERS, ...headers } : JSON_HEADERS, body };
}

export function toResponse({ status, headers, body }: Bytes): Response {
  if (headers["content-encoding"] === undefined) return new Response(body, { status, headers });
  // Workers would compress it once more.
  return new Response(body, { status, headers, encodeBody: "manual" } as ResponseInit);
}
