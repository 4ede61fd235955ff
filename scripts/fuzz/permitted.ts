/**
 * Which statuses a request may be answered with: those declared for its operation, and those that HTTP itself causes.
 * Used by oracle.ts. Invariant: a status that HTTP causes is permitted only when the request holds the cause.
 */
import type { Operation } from "./api-document.ts";
import type { OrdinaryRequest } from "./requests.ts";

/** Near the documented limits of 8 KiB for URLs and 16 KiB for all headers: the exact byte is for the contract suite. */
const LONG_TARGET = 7_900;
const LARGE_HEAD_BYTES = 12_000;

const OUR_HOST = /^host: (localhost|127\.0\.0\.1)(:\d{1,4}|:[1-5]\d{4})?$/;

export interface Permitted {
  readonly permitted: ReadonlySet<number>;
  /** Null when no operation is meant, or a path so odd that a router may understand another one. */
  readonly operation: Operation | null;
}

export function permittedStatuses(operations: readonly Operation[], request: OrdinaryRequest): Permitted {
  const { method, target } = request;
  const [path = ""] = target.split(/[?#]/);
  const meantBy = (text: string): Operation[] => operations.filter((operation) => pattern(operation.path).test(text));
  const literal = meantBy(path);
  const readings = readingsOf(target).map(meantBy);
  const there = [...new Set([literal, ...readings].flat())];
  const isOdd = [there, ...readings].some(({ length }) => length !== literal.length);
  const meant = there.filter((operation) => operation.method === (method === "HEAD" ? "GET" : method));
  const permitted = new Set([...meant.flatMap(declaredStatuses), ...causedByHttp(request)]);
  if (there.length === 0 || isOdd) permitted.add(404);
  if (there.length > 0 && (meant.length === 0 || isOdd)) permitted.add(405);
  if (isOdd) permitted.add(400);
  return { permitted, operation: isOdd ? null : (meant[0] ?? null) };
}

function causedByHttp({ target, headers, body }: OrdinaryRequest): number[] {
  const headBytes = [target, ...headers, ""].join("\r\n").length;
  const isForUs = headers.some((line) => OUR_HOST.test(line)) && target.startsWith("/");
  return [
    ...(target.length > LONG_TARGET ? [414] : []),
    ...(headBytes > LARGE_HEAD_BYTES ? [431] : []),
    ...(isForUs ? [] : [400, 421]),
    ...(body.length > 0 ? [400, 413, 415] : []),
  ];
}

/** 5xx is a fault in itself: the fuzzer begins after the first commit. 405 stands in a document for the other methods. */
const declaredStatuses = ({ answers }: Operation): number[] =>
  Object.keys(answers)
    .map(Number)
    .filter((status) => status < 500 && status !== 405);

const patterns = new Map<string, RegExp>();

function pattern(path: string): RegExp {
  let known = patterns.get(path);
  if (!known) patterns.set(path, (known = new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`)));
  return known;
}

/** The path as a URL parser and a decoding router see it, who may decode before or after it is taken apart. */
function readingsOf(target: string): string[] {
  const pathname = URL.parse(target, "http://localhost")?.pathname;
  if (pathname === undefined) return [];
  return [/%([2-7][0-9a-f])/gi, /%(?!2f)([2-7][0-9a-f])/gi].map((escaped) =>
    pathname.replace(escaped, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}
