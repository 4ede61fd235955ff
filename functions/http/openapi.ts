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
    paths: pathsOf(endpoints),
    components: {
      schemas: { Problem: jsonSchema(PROBLEM) },
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "Needed for changes, and where reading is not open." },
      },
    },
    security: [{}, { token: [] }],
  };
}

function pathsOf(endpoints: readonly Endpoint[]): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    const method = (endpoint.method ?? "GET").toLowerCase();
    paths[endpoint.path] = { ...paths[endpoint.path], [method]: operation(endpoint) };
  }
  return paths;
}

function operation(endpoint: Endpoint): unknown {
  const { scope = "read", body } = endpoint;
  const others = Object.entries(endpoint.otherResponses ?? {});
  const queries = Object.entries(endpoint.parameters);
  return {
    operationId: endpoint.name,
    summary: endpoint.summary,
    ...(scope === "read" ? {} : { security: [{ token: [] }], description: `Needs a token with the scope ${scope}.` }),
    parameters: [
      ...[...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => pathParameter(name ?? "")),
      ...queries.map(([name, parameter]) => queryParameter(name, parameter)),
    ],
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: jsonSchema(body) } } } }),
    responses: {
      ...successOf(endpoint),
      ...Object.fromEntries(others.map(([status, description]) => [status, { description }])),
      400: problem("A parameter or field is unknown, repeated or malformed; `errors` names it."),
      401: problem("A token is needed here, and there is none or it is not valid."),
      403: problem("The token lacks the scope."),
      ...(body && { 413: problem("The body is too large."), 415: problem("The body is not JSON.") }),
      421: problem("The Host header names a host that this service does not answer for."),
    },
  };
}

function successOf({ response, created = false }: Endpoint): Record<string, unknown> {
  const content = { "application/json": { schema: jsonSchema(response) } };
  return created ? { 201: { description: "Created", content } } : { 200: { description: "OK", content } };
}

const PATH_PARAMETERS: Readonly<Record<string, string>> = {
  service: "Key of a configured service.",
  name: "Name of a configured channel.",
  id: "Id, as the list shows it.",
};

function pathParameter(name: string): unknown {
  return { name, in: "path", required: true, schema: { type: "string" }, description: PATH_PARAMETERS[name] ?? name };
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
