/**
 * A request that a client library could send, derived from one operation: path, query, method, headers, body.
 * Called by run.ts for most requests. What is not well-formed HTTP comes from raw-requests.ts.
 * Invariant: it is framed correctly, so that further requests may follow on the same connection.
 */
import type { Operation } from "./api-document.ts";
import { headerLines } from "./headers.ts";
import { ENCODED, KEYS, NUMBERS } from "./hostile-values.ts";
import { bodyText } from "./json-body.ts";
import { parameterText, type Source } from "./values.ts";

export interface OrdinaryRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "PROPFIND",
  "QUERY",
  "PURGE",
] as const;
const CONTENT_TYPES = [
  "text/plain",
  "application/json; charset=utf-16",
  "application/x-www-form-urlencoded",
  "json",
  "",
] as const;
const LONG = [2_000, 8_000, 8_150, 8_192, 9_000] as const;
const PARAMETERS_USED = 0.75;

export function ordinaryRequest(operation: Operation, source: Source, authority: string): OrdinaryRequest {
  const { prng, oddness } = source;
  const method = methodOf(operation, source);
  const path = prng.chance(oddness * 0.15) ? oddPath(pathOf(operation, source), source) : pathOf(operation, source);
  const query = queryOf(operation, source);
  const target = prng.chance(oddness * 0.02)
    ? `http://${prng.pick([authority, "evil.example"])}${path}${query}`
    : path + query;
  const headers = headerLines(source, authority);
  const body = bodyOf(operation, source);
  if (body === "" && (method === "GET" || method === "HEAD")) return { method, target, headers, body };
  const type = prng.chance(oddness * 0.2) ? prng.pick(CONTENT_TYPES) : "application/json";
  const length = String(Buffer.byteLength(body));
  return { method, target, headers: [...headers, ["content-type", type], ["content-length", length]], body };
}

/** The request as it goes over the wire; header values are Latin-1 there. */
export function bytesOf({ method, target, headers, body }: OrdinaryRequest): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, "latin1"), Buffer.from(body)]);
}

function methodOf({ method }: Operation, { prng, oddness }: Source): string {
  if (prng.chance(oddness * 0.2)) return prng.pick(METHODS);
  return method === "GET" && prng.chance(0.05) ? "HEAD" : method;
}

function pathOf({ path, parameters }: Operation, source: Source): string {
  const { prng, oddness } = source;
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (prng.chance(oddness * 0.3)) return prng.pick(ENCODED);
    const parameter = parameters.find((one) => one.in === "path" && one.name === name);
    const text = parameterText(parameter ?? { name, in: "path", description: "", schema: {} }, source);
    return encodeURIComponent(text);
  });
}

function oddPath(path: string, { prng }: Source): string {
  switch (
    prng.weighted({ slash: 2, upper: 1, double: 1, encoded: 2, inside: 1, unknown: 1, dots: 1, long: 1, fragment: 1 })
  ) {
    case "slash":
      return `${path}/`;
    case "upper":
      return path.toUpperCase();
    case "double":
      return `/${path}`;
    case "encoded":
      return path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
    case "inside":
      return `${path}/${prng.pick(ENCODED)}`;
    case "unknown":
      return `/${prng.pick(["favicon.ico", ".env", "metrics", "admin", "..%2f..%2fetc%2fpasswd", "index.html", "mcp"])}`;
    case "dots":
      return `/a/..${path}/./`;
    case "long":
      return `${path}/${"a".repeat(prng.pick(LONG))}`;
    case "fragment":
      return `${path}#${prng.pick(ENCODED)}`;
  }
}

function queryOf({ parameters }: Operation, source: Source): string {
  const { prng, oddness } = source;
  const pairs: string[] = [];
  for (const parameter of parameters) {
    if (parameter.in !== "query" || !prng.chance(PARAMETERS_USED)) continue;
    pairs.push(pairOf(parameter.name, parameterText(parameter, source), source));
    if (prng.chance(oddness * 0.08)) pairs.push(pairOf(parameter.name, parameterText(parameter, source), source));
  }
  if (prng.chance(oddness * 0.15)) pairs.push(pairOf(prng.pick(KEYS), prng.pick(NUMBERS), source));
  if (prng.chance(oddness * 0.02)) pairs.push(`x=${"a".repeat(prng.pick(LONG))}`);
  if (pairs.length === 0 && !prng.chance(oddness * 0.05)) return "";
  return `?${pairs.join(prng.chance(oddness * 0.05) ? prng.pick(["&&", ";", "?", "&amp;"]) : "&")}`;
}

function pairOf(name: string, value: string, { prng, oddness }: Source): string {
  if (prng.chance(oddness * 0.05)) return encodeURIComponent(name);
  if (prng.chance(oddness * 0.05)) return `${encodeURIComponent(name)}=${prng.pick(ENCODED)}`;
  const encoded = encodeURIComponent(value);
  return `${encodeURIComponent(name)}=${prng.chance(oddness * 0.1) ? encoded.replace(/%3A/g, ":").replace(/%20/g, "+") : encoded}`;
}

function bodyOf({ body }: Operation, source: Source): string {
  const { prng, oddness } = source;
  if (body !== null) return bodyText(body, source);
  return prng.chance(oddness * 0.05)
    ? prng.pick(['{"a":1}', "x".repeat(1_000), "GET /health HTTP/1.1\r\n\r\n", "\0"])
    : "";
}
