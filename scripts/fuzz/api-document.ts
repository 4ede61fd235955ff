/**
 * An OpenAPI 3.1 document as the fuzzer needs it: operations with their parameters, bodies and answers, references resolved.
 * run.ts reads it from the service under test; requests are derived from it and answers judged by it.
 * Invariant: nothing here knows a path or a parameter of this service, so that a new endpoint is fuzzed without a change.
 */
export type JsonSchema = { readonly [keyword: string]: unknown };

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface Answer {
  /** Schema by content type; empty when the document says nothing of the body. */
  readonly content: ReadonlyMap<string, JsonSchema>;
}

export interface Operation {
  /** In OpenAPI's form, e.g. `/history/{service}`. */
  readonly path: string;
  /** Upper case. */
  readonly method: string;
  readonly parameters: readonly Parameter[];
  /** Of a JSON body; null when the operation takes none. */
  readonly body: JsonSchema | null;
  readonly answers: ReadonlyMap<number, Answer>;
}

const METHODS = ["get", "put", "post", "delete", "patch"] as const;

/** The document itself, and the index that leads to it, are not described in it. */
const UNDESCRIBED: readonly Operation[] = ["/", "/openapi.json"].map((path) => ({
  path,
  method: "GET",
  parameters: [],
  body: null,
  answers: new Map([
    [200, { content: new Map([["application/json", {}]]) }],
    [400, { content: new Map() }],
  ]),
}));

type Raw = Readonly<Record<string, unknown>>;

/** Throws when it is not an OpenAPI document with at least one operation. */
export function operationsOf(document: unknown): Operation[] {
  const root = objectOf(document);
  const operations = Object.entries(objectOf(root["paths"])).flatMap(([path, item]) =>
    METHODS.filter((method) => Object.hasOwn(objectOf(item), method)).map((method) =>
      operation({ path, method, item: objectOf(item) }, root),
    ),
  );
  if (operations.length === 0) throw new Error("the OpenAPI document describes no operation");
  const described = new Set(operations.map(({ path }) => path));
  return [...operations, ...UNDESCRIBED.filter(({ path }) => !described.has(path))];
}

function operation({ path, method, item }: { path: string; method: string; item: Raw }, root: Raw): Operation {
  const raw = objectOf(item[method]);
  const parameters = [...listOf(item["parameters"]), ...listOf(raw["parameters"])]
    .map((parameter) => objectOf(resolved(parameter, root)))
    .map(({ name, in: where, description, schema }) => ({
      name: String(name),
      in: where as Parameter["in"], // OpenAPI knows these four only
      description: String(description ?? ""),
      schema: objectOf(resolved(schema, root)),
    }));
  const body = objectOf(objectOf(resolved(raw["requestBody"], root))["content"])["application/json"];
  const answers = Object.entries(objectOf(raw["responses"])).map(([status, response]): [number, Answer] => {
    const content = Object.entries(objectOf(objectOf(resolved(response, root))["content"]));
    const schemas = content.map(([type, { schema }]): [string, JsonSchema] => [type, objectOf(resolved(schema, root))]);
    return [Number(status), { content: new Map(schemas) }];
  });
  return {
    path,
    method: method.toUpperCase(),
    parameters,
    body: body === undefined ? null : objectOf(resolved(objectOf(body)["schema"], root)),
    answers: new Map(answers),
  };
}

/** The value with every `$ref` replaced by what it points to; a schema that refers to itself is not supported. */
function resolved(value: unknown, root: Raw): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, root));
  if (typeof value !== "object" || value === null) return value;
  const { $ref: reference } = value as { $ref?: unknown };
  if (typeof reference === "string") return resolved(pointedTo(reference, root), root);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, root)]));
}

function pointedTo(reference: string, root: Raw): unknown {
  const steps = reference.replace(/^#\//, "").split("/");
  return steps.reduce<unknown>((value, step) => objectOf(value)[step], root);
}

// oxlint-disable-next-line typescript/no-explicit-any -- a document of somebody else; every use checks or converts
function objectOf(value: unknown): Record<string, any> {
  return typeof value === "object" && value !== null ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
