/**
 * Requests that a client library could send, derived from one operation: path, query, method, headers, body.
 * Called by run.ts for most requests. What is not well-formed HTTP comes from raw-requests.ts.
 * Invariant: each is framed correctly, so that further requests may follow on the same connection.
 */
import fc, { type Arbitrary } from "fast-check";
import type { Operation } from "./api-document.ts";
import { dented, mostly, type Source } from "./drawn.ts";
import { ENCODED, HEADERS, HOSTS, KEYS, NUMBERS, TAGS, WRONG_BODIES } from "./hostile-values.ts";
import { formatValue, drawValues, isPatience, type Field } from "./values.ts";

export interface OrdinaryRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** Lines, of which the names are in lower case. */
  readonly headers: readonly string[];
  readonly body: string;
}

const METHODS = "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE PROPFIND QUERY PURGE".split(" ");
const JSON_TYPE = "application/json";
const OTHER_TYPES = ["text/plain", `${JSON_TYPE}; charset=utf-16`, "application/x-www-form-urlencoded", "json", ""];
const STRANGERS = ["favicon.ico", ".env", "metrics", "admin", "..%2f..%2fetc%2fpasswd", "index.html", "wp-login.php"];
const UNASKED_BODIES = ['{"a":1}', "x".repeat(1_000), "GET /health HTTP/1.1\r\n\r\n", "\0"];
const PARAMETERS_USED = 0.75;
const LONG = [2_000, 8_000, 8_150, 8_192, 9_000];

/** Of one operation; `authority` is what a well-behaved client sends as Host. */
export function ordinaryRequests(operation: Operation, source: Source, authority: string): Arbitrary<OrdinaryRequest> {
  const { oddness } = source;
  const origins = fc.constantFrom(authority, "evil.example").map((name) => `http://${name}`);
  const parts = {
    method: methods(operation, oddness),
    origin: mostly(oddness * 0.02, fc.constant(""), origins),
    path: paths(operation, source),
    query: queries(operation, source),
    lines: headerLines(source, authority),
    type: mostly(oddness * 0.2, fc.constant(JSON_TYPE), fc.constantFrom(...OTHER_TYPES)),
    body: bodies(operation, source),
  };
  return fc.record(parts).map(({ method, origin, path, query, lines, type, body }) => {
    const target = origin + path + query;
    if (body === "" && (method === "GET" || method === "HEAD")) return { method, target, headers: lines, body };
    const headers = [...lines, `content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`];
    return { method, target, headers, body };
  });
}

/** The request as it goes over the wire; header values are Latin-1 there. */
export function formatRequest({ method, target, headers, body }: OrdinaryRequest): Buffer {
  const head = [`${method} ${target} HTTP/1.1`, ...headers, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)]);
}

function methods({ method }: Operation, oddness: number): Arbitrary<string> {
  const right = method === "GET" ? mostly(0.05, fc.constant("GET"), fc.constant("HEAD")) : fc.constant(method);
  return mostly(oddness * 0.2, right, fc.constantFrom(...METHODS));
}

function paths({ path, parameters }: Operation, source: Source): Arbitrary<string> {
  const { oddness } = source;
  // Odd places hold names, as they are what the expression captures.
  const pieces = path.split(/\{(\w+)\}/).map((piece, index) => {
    if (index % 2 === 0) return fc.constant(piece);
    const known = parameters.find((one) => one.in === "path" && one.name === piece);
    const texts = drawValues(known ?? { name: piece, schema: {} }, source).map(encoded);
    return mostly(oddness * 0.3, texts, fc.constantFrom(...ENCODED));
  });
  const right = fc.tuple(...pieces).map((texts) => texts.join(""));
  // Behind a fragment nobody reads how long the client wants to wait.
  const ends = parameters.some(isPatience) ? ["/"] : ["/", "#"];
  return mostly(oddness * 0.15, right, oddPaths(right, ends));
}

function oddPaths(right: Arbitrary<string>, ends: readonly string[]): Arbitrary<string> {
  return fc.oneof(
    right.map((path) => `${path}/`),
    right.map((path) => path.toUpperCase()),
    right.map((path) => `/${path}`),
    right.map((path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`)),
    right.map((path) => `/a/..${path}/./`),
    fc.tuple(right, fc.constantFrom(...ends), fc.constantFrom(...ENCODED)).map((texts) => texts.join("")),
    fc.tuple(right, fc.constantFrom(...LONG)).map(([path, length]) => `${path}/${"a".repeat(length)}`),
    fc.constantFrom(...STRANGERS).map((name) => `/${name}`),
  );
}

function queries({ parameters }: Operation, source: Source): Arbitrary<string> {
  const { oddness } = source;
  const none = fc.constant<string[]>([]);
  const known = parameters
    .filter((parameter) => parameter.in === "query")
    .map((parameter) => {
      const pair = pairs(fc.constant(parameter.name), drawValues(parameter, source), oddness);
      const given = mostly<string[]>(oddness * 0.08, fc.tuple(pair), fc.tuple(pair, pair));
      return mostly(isPatience(parameter) ? 1 : PARAMETERS_USED, none, given);
    });
  const strange = pairs(fc.constantFrom(...KEYS), fc.constantFrom(...NUMBERS), oddness).map((pair) => [pair]);
  const long = fc.constantFrom(...LONG).map((length) => [`x=${"a".repeat(length)}`]);
  const extra = mostly(oddness * 0.02, mostly(oddness * 0.15, none, strange), long);
  const separator = mostly(oddness * 0.05, fc.constant("&"), fc.constantFrom("&&", ";", "?", "&amp;"));
  const isBare = mostly(oddness * 0.05, fc.constant(false), fc.constant(true));
  return fc.tuple(separator, isBare, extra, ...known).map(([between, bare, ...lists]) => {
    const texts = lists.flat();
    return texts.length > 0 || bare ? `?${texts.join(between)}` : "";
  });
}

function pairs(names: Arbitrary<string>, values: Arbitrary<unknown>, oddness: number): Arbitrary<string> {
  const name = names.map(encoded);
  const right = fc.tuple(name, values.map(encoded)).map((texts) => texts.join("="));
  const odd = fc.oneof(
    name,
    fc.tuple(name, fc.constantFrom(...ENCODED)).map((texts) => texts.join("=")),
    right.map((pair) => pair.replace(/%3A/g, ":").replace(/%20/g, "+")),
  );
  return mostly(oddness * 0.2, right, odd);
}

/** Half a character, as a dent may leave it, cannot be encoded. */
const encoded = (value: unknown): string => encodeURIComponent(formatValue(value).toWellFormed());

/** Every line is one that an HTTP parser accepts, so that the connection stays usable. */
function headerLines(source: Source, authority: string): Arbitrary<string[]> {
  const { oddness } = source;
  const host = mostly(oddness * 0.15, fc.constant(authority), fc.constantFrom(...HOSTS));
  const none = fc.constant<string[]>([]);
  const condition = entityTags(source).map((tag) => [`if-none-match: ${tag}`]);
  const others = fc.array(fc.constantFrom<string[]>(...HEADERS), { minLength: 1, maxLength: 4 });
  return fc
    .tuple(host, mostly(0.1, none, condition), mostly(oddness * 0.5, none, others))
    .map(([name, ...lists]) => [`host: ${name}`, ...lists.flat()]);
}

function entityTags({ harvest, oddness }: Source): Arbitrary<string> {
  const real = fc.nat().map((nth) => harvest.about({ name: "etag" }, nth) ?? '"none"');
  const listed = real.map((tag) => `"x", W/${tag}`);
  // A line break in a header value is no header value any more.
  const broken = dented(real).map((tag) => tag.replace(/[^\x20-\x7e]/g, "?"));
  return mostly(oddness, mostly(0.2, real, listed), fc.oneof(fc.constantFrom(...TAGS), broken));
}

/** Wrong ones are wrong as JSON (cut, doubled keys), or against the schema. */
function bodies({ body: schema }: Operation, source: Source): Arbitrary<string> {
  const { oddness } = source;
  if (!schema) return mostly(oddness * 0.05, fc.constant(""), fc.constantFrom(...UNASKED_BODIES));
  const whole: Field = { name: "", schema };
  const right = drawValues(whole, { ...source, oddness: oddness * 0.4 }).map((value) => JSON.stringify(value));
  const doubled = right.map((text) => text.replace(/"\w+":[^,{}[\]]+/, "$&,$&"));
  return mostly(oddness * 0.4, right, fc.oneof(fc.constantFrom(...WRONG_BODIES), dented(right), doubled));
}
