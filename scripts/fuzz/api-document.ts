/**
 * An OpenAPI 3.1 document as the fuzzer needs it: operations with their parameters, bodies and answers, references resolved.
 * run.ts reads it from the service under test; requests are derived from it and answers judged by it.
 * Invariant: nothing here knows a path or a parameter of this service, so that a new endpoint is fuzzed without a change.
 */
import * as z from "zod";

const METHODS = ["get", "put", "post", "delete", "patch"] as const;

/** As far as requests are made from it; answers are held to all of it. */
export interface JsonSchema extends z.core.JSONSchema.JSONSchema {
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
}

const JSON_SCHEMA = z.custom<JsonSchema>((value) => typeof value === "object");
const MEDIA_TYPE = z.object({ schema: JSON_SCHEMA }).transform(({ schema }) => schema);
const CONTENT = z.record(z.string(), MEDIA_TYPE).default({});
const PARAMETER = z.object({
  name: z.string(),
  in: z.enum(["path", "query", "header", "cookie"]),
  description: z.string().default(""),
  schema: JSON_SCHEMA,
});
const PARAMETERS = z.array(PARAMETER).default([]);
const OPERATION = z.object({
  parameters: PARAMETERS,
  requestBody: z.object({ content: CONTENT }).optional(),
  responses: z.record(z.string(), z.object({ content: CONTENT })),
});
const OPERATIONS = { get: OPERATION, put: OPERATION, post: OPERATION, delete: OPERATION, patch: OPERATION };
const PATH_ITEM = z.object(OPERATIONS).partial().extend({ parameters: PARAMETERS });
const DOCUMENT = z.object({ paths: z.record(z.string(), PATH_ITEM) });

export type Parameter = z.infer<typeof PARAMETER>;

export interface Operation {
  /** In OpenAPI's form, e.g. `/history/{service}`. */
  readonly path: string;
  /** What a path looks like that means this one. */
  readonly pattern: RegExp;
  /** Upper case. */
  readonly method: string;
  readonly parameters: readonly Parameter[];
  /** Of a JSON body; undefined when the operation takes none. */
  readonly body: JsonSchema | undefined;
  /** By status, then by content type; of the latter none when the document says nothing of the body. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, z.ZodType>>>>;
}

/** Throws when it is not an OpenAPI document with at least one operation, or when an answer cannot be held to a schema of it. */
export function readOperations(document: unknown): Operation[] {
  const { paths } = DOCUMENT.parse(resolved(document, document));
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method): Operation[] => {
      const operation = item[method];
      if (!operation) return [];
      const pattern = new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);
      const parameters = [...item.parameters, ...operation.parameters];
      const body = operation.requestBody?.content["application/json"];
      const answers = valuesMapped(operation.responses, ({ content }) =>
        valuesMapped(content, (schema) => z.fromJSONSchema(schema)),
      );
      return [{ path, pattern, method: method.toUpperCase(), parameters, body, answers }];
    }),
  );
  if (operations.length === 0) throw new Error("the OpenAPI document describes no operation");
  return operations;
}

const valuesMapped = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

/** The value with every `$ref` replaced by what it points to; a schema that refers to itself is not supported. */
function resolved(value: unknown, root: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, root));
  if (typeof value !== "object" || value === null) return value;
  const { $ref: reference } = value as { $ref?: unknown };
  if (typeof reference === "string") return resolved(pointedTo(reference, root), root);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, root)]));
}

function pointedTo(reference: string, root: unknown): unknown {
  const [, ...steps] = reference.split("/");
  return steps.reduce((value, step) => (value as Readonly<Record<string, unknown>>)[step], root); // what is missing throws
}
