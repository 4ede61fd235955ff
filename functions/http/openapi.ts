/**
 * The OpenAPI 3.1 document, made from the endpoints' own declarations.
 * Called by endpoints/index.ts. An OpenAPI library would add 450 KiB to the bundle for these lines.
 * Invariant: nothing is described by hand that a declaration already says.
 */
import * as z from "zod/mini";
import { named } from "../wire/schemas.ts";
import type { Endpoint } from "./endpoint.ts";
import { isOpen } from "./guard.ts";
import { MOST_BYTES, type Parameters } from "./input.ts";
import { toJsonSchema, type Json } from "./json-schema.ts";
import { STATUS, type RefusalCode } from "./problem.ts";

/** Version of the HTTP contract, not of the program. */
const CONTRACT_VERSION = "1.0.0";

const DESCRIPTION = `Health, alerts and history of a LangGraph cluster. Times are UTC RFC 3339, durations seconds.
What is refused says why as a Problem and names every parameter or field that does not fit; nothing is silently clamped.`;

const TOKEN = "A token is good for its scopes, which an operation names; `admin` includes the others.";

const PROBLEM = named(
  "Problem",
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int().check(z.gte(400), z.lte(599)),
    detail: z.string(),
    errors: z.optional(z.array(z.object({ field: z.string(), message: z.string() }))),
  }),
  "Why something was refused (RFC 9457). `type` is `urn:problem:` and a code that does not change.",
);

const TEXT = { schema: { type: "string" } };
const SECONDS = { schema: { type: "integer", minimum: 1 } };

/** What any operation may be refused with, or any of a kind; 404 and 409 are each endpoint's own. */
const REFUSALS = {
  400: { description: "A parameter or field is unknown, repeated or malformed; `errors` names it." },
  401: { description: "There is no token, or it is not valid.", headers: { "WWW-Authenticate": TEXT } },
  403: { description: "The token lacks the scope, or a page of another origin asks." },
  405: { description: "Another method was used; `Allow` names those of this path.", headers: { Allow: TEXT } },
  408: { description: "The request did not arrive in time." },
  413: { description: `The body has more than ${MOST_BYTES} bytes.` },
  414: { description: "The URL is too long." },
  415: { description: "The body is not `application/json`." },
  421: {
    description: "The Host header names a host that this service does not answer for; `hosts:` lists further ones.",
  },
  429: { description: "Asked too often; `Retry-After` says when to ask again.", headers: { "Retry-After": SECONDS } },
  431: { description: "The headers are too large." },
  503: {
    description:
      "Not possible now: nothing has been committed yet, too many wait already, or storage or configuration fails. Ask again.",
    headers: { "Retry-After": SECONDS },
  },
};

/** To JSON Schema; what has a name, or is given one here, is only referred to. */
type Describe = (schema: z.ZodMiniType, name?: string) => Json;

export function openApiDocument(endpoints: readonly Endpoint[], readsNeedToken: boolean) {
  const schemas: Record<string, unknown> = {};
  const describe: Describe = (schema, name) => {
    const { $schema: _dialect_is_that_of_openapi, $defs, ...body } = toJsonSchema(schema);
    Object.assign(schemas, $defs);
    if (name === undefined || "$ref" in body) return body;
    schemas[name] = body;
    return { $ref: `#/components/schemas/${name}` };
  };
  const problem = { "application/problem+json": { schema: describe(PROBLEM) } };
  const responses = Object.entries(REFUSALS).map(([status, one]) => [`Problem${status}`, { ...one, content: problem }]);
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const operation = describeOperation(endpoint, readsNeedToken, { describe, problem });
    paths[endpoint.path] = { ...paths[endpoint.path], ...withHead(endpoint, operation) };
  }
  return {
    openapi: "3.1.0" as const,
    info: {
      title: "LangGraph Monitoring Service",
      version: CONTRACT_VERSION,
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(endpoints.map(({ path }) => tagOf(path)))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      responses: Object.fromEntries(responses),
      securitySchemes: { token: { type: "http", scheme: "bearer", description: TOKEN } },
    },
  };
}

function withHead(endpoint: Endpoint, operation: Json): Json {
  if (endpoint.method !== "GET") return { [endpoint.method.toLowerCase()]: operation };
  const head = { ...operation, operationId: `${endpoint.name}Head`, summary: `The headers of ${endpoint.name}.` };
  const responses = Object.entries(operation["responses"] as Json).map(([status, response]) => {
    const { content: _is_not_sent, ...rest } = response as Json;
    return [status, rest];
  });
  return { get: operation, head: { ...head, responses: Object.fromEntries(responses) } };
}

interface Parts {
  readonly describe: Describe;
  /** Content of everything that is refused. */
  readonly problem: Json;
}

/** What an operation belongs to: the first part of its path, where that has others below it or stands for data. */
function tagOf(path: string): string {
  const [, first = ""] = path.split("/");
  return first === "" || first.includes(".") ? "about" : first;
}

function describeOperation(endpoint: Endpoint, readsNeedToken: boolean, parts: Parts): Json {
  const { name, summary, path, scope, body, pathParameters, query, response } = endpoint;
  const needsToken = readsNeedToken || !isOpen(endpoint);
  const typeName = name.replace(/^./, (letter) => letter.toUpperCase());
  return {
    operationId: name,
    summary,
    tags: [tagOf(path)],
    ...(needsToken && { description: `Needs a token with the scope ${scope}.` }),
    security: needsToken ? [{ token: [scope] }] : [],
    parameters: [
      ...describeParameters("path", pathParameters, parts),
      ...describeParameters("query", query, parts),
      ...(endpoint.conditional ? [IF_NONE_MATCH] : []),
      ...(endpoint.answersWith === "stream" ? [LAST_EVENT_ID] : []),
    ],
    ...(body && {
      requestBody: {
        required: true,
        ...json(parts.describe(body, `${typeName}Request`), `At most ${MOST_BYTES} bytes.`),
      },
    }),
    responses: {
      ...commonRefusals(needsToken, body !== undefined),
      ...ownRefusals(endpoint, parts),
      ...answers(endpoint, parts.describe(response, `${typeName}Response`), parts.problem),
    },
  };
}

const IF_NONE_MATCH = { name: "If-None-Match", in: "header", description: "The ETag of an earlier answer.", ...TEXT };

const LAST_EVENT_ID = {
  name: "Last-Event-ID",
  in: "header",
  description: "The id of the last event that was heard.",
  ...TEXT,
};

function describeParameters(place: "path" | "query", declared: Parameters, { describe }: Parts): Json[] {
  return Object.entries(declared).map(([name, declaration]) => {
    const { description, ...schema } = describe(declaration);
    return { name, in: place, required: place === "path", description, schema };
  });
}

function json(schema: Json, description: string): Json {
  return { description, content: { "application/json": { schema } } };
}

function commonRefusals(needsToken: boolean, hasBody: boolean): Json {
  const ofToken = needsToken ? [401, 403, 429] : [];
  const ofBody = hasBody ? [413, 415] : [];
  const statuses = [400, ...ofToken, 405, 408, ...ofBody, 414, 421, 431, 503];
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]));
}

function ownRefusals({ refusals }: Endpoint, { problem }: Parts): Json {
  const codes = Object.keys(refusals) as RefusalCode[]; // Object.keys loses the key type
  return Object.fromEntries(codes.map((code) => [STATUS[code][0], { description: refusals[code], content: problem }]));
}

/** The schema is of each event, as OpenAPI 3.2 has it for streams. `data`: the object with the data of each by its name. */
function describeStream({ response }: Endpoint, data: Json): Json {
  const names = Object.keys((response as z.ZodMiniObject).shape); // defineEndpoint's word for it
  const events = names.map((name) => {
    const contentSchema = { $ref: `${String(data["$ref"])}/properties/${name}` };
    const properties = {
      event: { const: name },
      id: { type: "string", pattern: "^[0-9]+(\\.[0-9]{4})?$" },
      data: { type: "string", contentMediaType: "application/json", contentSchema },
    };
    return { type: "object", required: ["event", "data"], properties };
  });
  return { 200: { description: "OK", content: { "text/event-stream": { schema: { oneOf: events } } } } };
}

function answers(endpoint: Endpoint, schema: Json, problem: Json): Json {
  const { answersWith, created, conditional, failing, media, type } = endpoint;
  if (answersWith === "stream") return describeStream(endpoint, schema);
  const content = { [type]: { schema }, ...Object.fromEntries(media.map((other) => [other, TEXT])) };
  const ok = { description: created ? "Created" : "OK", content };
  const headers = conditional && {
    headers: { ETag: { required: true, ...TEXT }, Age: { required: true, schema: { type: "integer", minimum: 0 } } },
  };
  return {
    [created ? 201 : 200]: { ...ok, ...headers },
    ...(conditional && { 304: { description: "Not changed since the ETag given in If-None-Match.", ...headers } }),
    ...(failing && { 503: { description: failing.meaning, content: { "application/json": { schema }, ...problem } } }),
  };
}
