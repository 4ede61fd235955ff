/**
 * Whether an answer is one that the service may give: rules that hold for every request, and what the document declares.
 * Called by run.ts for every answer. It judges what was sent, not what the generator had in mind.
 * Invariant: a rule never needs to know a path of this service; an answer that breaks several rules tells of each.
 */
import * as z from "zod";
import { SECURITY_HEADERS } from "../../functions/http/bytes.ts";
import type { Answer } from "../response-parser.ts";
import type { Operation } from "./api-document.ts";
import type { Fault } from "./report.ts";
import type { OrdinaryRequest } from "./requests.ts";

interface Judged {
  readonly faults: readonly Fault[];
  /** The JSON of a 2xx answer that was looked into; undefined otherwise. */
  readonly value?: unknown;
}

/** Stack frames and file names of ours; none of our hostile values contains them. */
const LEAK =
  /\n\s+at |\bat [\w.<>]+ \(|node:internal|node_modules|\/functions\/|\/shared\/|\.[cm]?[jt]s:\d+|SQLITE_|SqliteError|TypeError/;
const NEVER_SENT = ["x-injected", "x-powered-by", "access-control-allow-origin"];

/** Larger ones are looked into once in a while: pages of a thousand entries would take all the time. */
const LARGE_BYTES = 50_000;
const ONE_LARGE_IN = 20;
/** Near the documented limits of 8 KiB for URLs and 16 KiB for all headers: the exact byte is for the contract suite. */
const LONG_TARGET = 7_900;
const LARGE_HEAD_BYTES = 12_000;

const OUR_HOST = /^host: (localhost|127\.0\.0\.1)(:\d{1,4}|:[1-5]\d{4})?$/;

/** Of an answer, in a report. */
const SHOWN = 300;
/** Names are echoed no longer than this. */
const LONGEST_ECHO = 60;

/** RFC 9457, with a list of what is wrong with the request. */
const TEXT = z.string().min(1);
const ERRORS = z.array(z.object({ field: z.string(), message: z.string() })).min(1);
const PROBLEM = z.object({ type: TEXT, title: TEXT, detail: TEXT, status: z.number(), errors: ERRORS.optional() });

export function judge(operations: readonly Operation[], request: OrdinaryRequest, response: Answer): Judged {
  const { status, headers } = response;
  const { permitted, operation } = permittedStatuses(operations, request);
  const faults = [
    ...alwaysFaults(response),
    ...broken([
      [!permitted.has(status), `status ${status} is not declared`, showBody(response)],
      [status === 405 && !headers.has("allow"), "405 without Allow", ""],
    ]),
  ];
  if (request.method === "HEAD" || status === 304) return { faults };
  const content = operation?.answers[status] ?? {};
  const type = mediaType(response);
  const schema = content[type];
  const isUndeclared = !schema && Object.keys(content).length > 0;
  faults.push(...broken([[isUndeclared, "content type is not declared", type]]));
  if (status >= 400)
    return { faults: [...faults, ...problemFaults(response, operation && recogniseFields(request, operation))] };
  if (!isLookedInto(response)) return { faults };
  const { value, fault } = read(response, schema ?? z.unknown());
  return { value, faults: [...faults, ...fault] };
}

/** For an answer to bytes that are no request: what holds of every answer. */
export function judgeRaw(response: Answer): Fault[] {
  return [...alwaysFaults(response), ...(response.status < 400 ? [] : problemFaults(response, null))];
}

type Rule = readonly [isBroken: boolean, rule: string, what: string];

const broken = (rules: readonly Rule[]): Fault[] =>
  rules.filter(([isBroken]) => isBroken).map(([, rule, what]) => ({ rule, what }));

function alwaysFaults(response: Answer): Fault[] {
  const { status, headers, body } = response;
  const isLeak = body.length <= LARGE_BYTES && LEAK.test(body.toString("latin1"));
  return broken([
    [status >= 500, `status ${status}`, showBody(response)],
    ...Object.entries(SECURITY_HEADERS).map(([name, wanted]): Rule => {
      const value = headers.get(name);
      return [value !== wanted, `header ${name} on ${status}`, value ?? "is missing"];
    }),
    ...NEVER_SENT.map((name): Rule => [headers.has(name), `header ${name}`, headers.get(name) ?? ""]),
    [isLeak, "tells of its inside", showBody(response)],
  ]);
}

function isLookedInto(response: Answer): boolean {
  const { length } = response.body;
  return /\bjson$/.test(mediaType(response)) && (length <= LARGE_BYTES || length % ONE_LARGE_IN === 0);
}

/** `isField` is null when nobody knows the fields: for raw bytes, and for paths that may mean this or that. */
function problemFaults(response: Answer, isField: ((name: string) => boolean) | null): Fault[] {
  const type = mediaType(response);
  if (type !== "application/problem+json") return [{ rule: `${response.status} is no problem document`, what: type }];
  const { value, fault } = read(response, PROBLEM.extend({ status: z.literal(response.status) }));
  if (fault.length > 0) return fault;
  const { type: code, errors = [] } = value as z.infer<typeof PROBLEM>; // as was just seen
  if (errors.length === 0 && code.includes(":invalid_"))
    return [{ rule: "an invalid request without errors[]", what: showBody(response) }];
  const strange = isField ? errors.filter(({ field }) => !isField(field)) : [];
  return strange.map(({ field }) => ({ rule: "errors[] names what was not sent", what: field }));
}

/** Whether the request has a field of this name, or lacks one that it must have. */
function recogniseFields({ target, body }: OrdinaryRequest, operation: Operation): (name: string) => boolean {
  const query = target.replace(/#.*$/s, "").split("?").slice(1).join("?");
  const names = [...new URLSearchParams(query).keys()].map((name) => name.slice(0, LONGEST_ECHO));
  const inPath = operation.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
  const known = new Set([...names, ...inPath, ...(operation.body?.required ?? []), ...Object.keys(parsed(body) ?? {})]);
  return (field) => known.has(field) || known.has(field.split(/[.[/]/)[0] ?? "");
}

/** The value of the body, and its first fault if it has one. */
function read(response: Answer, schema: z.ZodType): { value?: unknown; fault: Fault[] } {
  const value = parsed(response.body);
  if (value === undefined) return { fault: [{ rule: "body is not JSON", what: showBody(response) }] };
  const issues = schema.safeParse(value).error?.issues.slice(0, 1) ?? [];
  const rule = "body does not fit its schema";
  return { value, fault: issues.map(({ path, message }) => ({ rule, what: `${path.join(".")}: ${message}` })) };
}

/** Undefined when it is not JSON in UTF-8. */
function parsed(body: string | Buffer): unknown {
  try {
    return JSON.parse(typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Lower case, without parameters; empty when there is none. */
const mediaType = ({ headers }: Answer): string =>
  (headers.get("content-type") ?? "").replace(/;.*/, "").trim().toLowerCase();

const showBody = ({ body }: Answer): string => body.toString("utf8", 0, SHOWN);

/**
 * The statuses declared for the operation that is meant, and those that HTTP itself causes where the request holds the cause.
 * `operation` is null when none is meant, or a path so odd that a router may understand another one.
 */
function permittedStatuses(operations: readonly Operation[], request: OrdinaryRequest) {
  const { method, target } = request;
  const [path = ""] = target.split(/[?#]/);
  const meantBy = (text: string): Operation[] => operations.filter(({ pattern }) => pattern.test(text));
  const literal = meantBy(path);
  const readings = listReadings(target).map(meantBy);
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

/** The path as a URL parser and a decoding router see it, who may decode before or after it is taken apart. */
function listReadings(target: string): string[] {
  const pathname = URL.parse(target, "http://localhost")?.pathname;
  if (pathname === undefined) return [];
  return [/%([2-7][0-9a-f])/gi, /%(?!2f)([2-7][0-9a-f])/gi].map((escaped) =>
    pathname.replace(escaped, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}
