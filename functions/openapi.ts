/**
 * The OpenAPI 3.1 document, made from the endpoints' own declarations.
 * Called by app.ts for GET /openapi.json. An OpenAPI library would add 450 KiB to the bundle for these lines.
 * Invariant: nothing is described by hand that a declaration already says.
 */
import * as z from "zod/mini";
import type { Endpoint } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";

/** Version of the HTTP contract, not of the program. */
const CONTRACT_VERSION = "1.0.0";

const PROBLEM = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.optional(z.array(z.object({ field: z.string(), message: z.string() }))),
});

export function openApiDocument(endpoints: readonly Endpoint[]): unknown {
  return {
    openapi: "3.1.0",
    info: {
      title: "LangGraph Monitoring Service",
      version: CONTRACT_VERSION,
      description: "Health, alerts and history of a LangGraph cluster. Times are UTC RFC 3339, durations seconds.",
    },
    paths: Object.fromEntries(endpoints.map((endpoint) => [endpoint.path, { get: operation(endpoint) }])),
    components: {
      schemas: { Problem: jsonSchema(PROBLEM) },
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "Needed where reading is not open." } },
    },
    security: [{}, { token: [] }],
  };
}

function operation(endpoint: Endpoint): unknown {
  const others = Object.entries(endpoint.otherAnswers ?? {});
  const queries = Object.entries(endpoint.parameters);
  return {
    operationId: endpoint.name,
    summary: endpoint.summary,
    parameters: [
      ...[...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => pathParameter(name ?? "")),
      ...queries.map(([name, parameter]) => queryParameter(name, parameter)),
    ],
    responses: {
      200: { description: "OK", content: { "application/json": { schema: jsonSchema(endpoint.answer) } } },
      ...Object.fromEntries(others.map(([status, description]) => [status, { description }])),
      400: problem("A parameter is unknown, repeated or malformed; `errors` names it."),
      401: problem("Reading needs a token here, and there is none or it is not valid."),
      403: problem("The token lacks the scope."),
      421: problem("The Host header names a host that this service does not answer for."),
    },
  };
}

function pathParameter(name: string): unknown {
  return { name, in: "path", required: true, schema: { type: "string" }, description: `Key of a configured ${name}.` };
}

function queryParameter(name: string, { description, schema }: Parameter<unknown>): unknown {
  return { name, in: "query", required: false, description, schema: jsonSchema(schema) };
}

function problem(description: string): unknown {
  return { description, content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } };
}

function jsonSchema(schema: z.ZodMiniType): unknown {
  const { $schema: _dialect_is_that_of_openapi, ...body } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
  });
  return body;
}
