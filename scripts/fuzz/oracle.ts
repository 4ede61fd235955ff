/**
 * Whether an answer is one that the service may give: rules that hold for every request, and what the document declares.
 * Called by run.ts for every answer. It judges what was sent, not what the generator had in mind.
 * Invariant: a rule never needs to know a path of this service; an answer that breaks several rules tells of each.
 */
import * as z from "zod";
import { SECURITY_HEADERS } from "../../functions/http/bytes.ts";
import { jsonOf, mediaType, textOf } from "./response-body.ts";
import type { Answer } from "../response-parser.ts";
import type { JsonSchema, Operation } from "./api-document.ts";
import { permittedStatuses } from "./permitted.ts";
import { problemFaults } from "./problem-faults.ts";
import type { Fault } from "./report.ts";
import type { OrdinaryRequest } from "./requests.ts";

export interface Judged {
  readonly faults: readonly Fault[];
  /** The JSON of a 2xx answer that was looked into; undefined otherwise. */
  readonly value?: unknown;
}

/** Stack frames and file names of ours; none of our hostile values contains them. */
const LEAK =
  /\n\s+at |\bat [\w.<>]+ \(|node:internal|node_modules|\/functions\/|\/shared\/|\.[cm]?[jt]s:\d+|SQLITE_|SqliteError|TypeError/;

/** Larger ones are looked into once in a while: pages of a thousand entries would take all the time. */
const LARGE_BYTES = 50_000;
const ONE_LARGE_IN = 20;

const NEVER_SENT = ["x-injected", "x-powered-by", "access-control-allow-origin"];

export interface Oracle {
  judge(request: OrdinaryRequest, response: Answer): Judged;
  /** For an answer to bytes that are no request: what holds of every answer. */
  judgeRaw(response: Answer): Judged;
}

export function createOracle(operations: readonly Operation[]): Oracle {
  let largeCount = 0;
  const isLookedInto = ({ body }: Answer): boolean => {
    if (body.length <= LARGE_BYTES) return true;
    largeCount += 1;
    return largeCount % ONE_LARGE_IN === 1;
  };
  return {
    judge(request, response) {
      const { permitted, operation } = permittedStatuses(operations, request);
      const faults = [...alwaysFaults(response), ...statusFaults(response, permitted)];
      if (request.method === "HEAD" || response.status === 304) return { faults };
      const content = operation?.answers.get(response.status)?.content ?? new Map<string, JsonSchema>();
      const type = mediaType(response);
      if (content.size > 0 && !content.has(type)) faults.push({ rule: "content type is not declared", what: type });
      if (response.status >= 400)
        return { faults: [...faults, ...problemFaults(response, operation && { request, operation })] };
      return isLookedInto(response) ? withBody(response, faults, content.get(type) ?? {}) : { faults };
    },
    judgeRaw(response) {
      const faults = alwaysFaults(response);
      return { faults: response.status >= 400 ? [...faults, ...problemFaults(response, null)] : faults };
    },
  };
}

function alwaysFaults(response: Answer): Fault[] {
  const { status, headers, body } = response;
  const faults: Fault[] = [];
  if (status >= 500) faults.push({ rule: `status ${status}`, what: textOf(response) });
  for (const [name, wanted] of Object.entries(SECURITY_HEADERS)) {
    const value = headers.get(name);
    if (value !== wanted) faults.push({ rule: `header ${name} on ${status}`, what: value ?? "is missing" });
  }
  for (const name of NEVER_SENT) {
    const value = headers.get(name);
    if (value !== undefined) faults.push({ rule: `header ${name}`, what: value });
  }
  if (body.length <= LARGE_BYTES && LEAK.test(body.toString("latin1"))) {
    faults.push({ rule: "tells of its inside", what: textOf(response) });
  }
  return faults;
}

function statusFaults(response: Answer, permitted: ReadonlySet<number>): Fault[] {
  const { status, headers } = response;
  const faults: Fault[] = [];
  if (!permitted.has(status)) faults.push({ rule: `status ${status} is not declared`, what: textOf(response) });
  if (status === 405 && !headers.has("allow")) faults.push({ rule: "405 without Allow", what: "" });
  return faults;
}

function withBody(response: Answer, faults: readonly Fault[], schema: JsonSchema): Judged {
  if (!/\bjson$/.test(mediaType(response))) return { faults };
  const value = jsonOf(response);
  if (value === undefined) return { faults: [...faults, { rule: "body is not JSON", what: textOf(response) }] };
  const [issue] = compiled(schema).safeParse(value).error?.issues ?? [];
  if (!issue) return { faults, value };
  const what = `${issue.path.join(".")}: ${issue.message}`;
  return { value, faults: [...faults, { rule: "body does not fit its schema", what }] };
}

const schemas = new Map<JsonSchema, z.ZodType>();

/** Throws for a schema that cannot be compiled, so that nothing passes by not being looked at. */
function compiled(schema: JsonSchema): z.ZodType {
  let known = schemas.get(schema);
  if (!known) schemas.set(schema, (known = z.fromJSONSchema(schema)));
  return known;
}
