/**
 * The API as a page shows it: every operation with what it takes, what it answers, what it refuses, and a line to try it. Pure.
 * Shown by views/docs.tsx. Invariant: all of it is made of the OpenAPI document, so that an endpoint is described when it is registered.
 */
import type { ApiDocument, ApiOperation, ApiResponse, Content, Reference, Schema, Schemas } from "./api-document.ts";
import { curlLine, Examples, type Place } from "./example.ts";
import { kindOf, listFields, resolve, typeName, type Field, type Kind } from "./fields.ts";

export interface Docs {
  readonly groups: readonly { readonly name: string; readonly operations: readonly Operation[] }[];
  /** What any operation may be refused with; each has the statuses that it can have. */
  readonly refusals: readonly Refusal[];
  readonly types: readonly NamedType[];
}

export interface Operation {
  /** Another one for each. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** What a token must be good for; null: none is needed. */
  readonly scope: string | null;
  readonly curl: string;
  readonly parameters: readonly (Field & { readonly place: string; readonly byDefault: string | null })[];
  readonly body: readonly Field[];
  readonly answers: readonly Answer[];
  readonly ownRefusals: readonly Refusal[];
  /** Of those that any may have. */
  readonly refusals: readonly string[];
}

export interface Answer {
  readonly status: string;
  /** `application/json`; null: there is no body. */
  readonly media: string | null;
  readonly description: string;
  readonly kind: Kind;
  readonly fields: readonly Field[];
}

export interface Refusal {
  readonly status: string;
  readonly description: string;
}

export interface NamedType {
  readonly name: string;
  readonly note: string | null;
  readonly kind: Kind;
  readonly fields: readonly Field[];
}

/** @param nowMs instants of examples come after it */
export function buildDocs(document: ApiDocument, place: Place, nowMs: number): Docs {
  const { schemas, responses } = document.components;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== "head")
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const described = operations.map((each) => {
    const body = bodySchema(each.operation);
    const example = body && new Examples(schemas, place.parts, nowMs).of(body);
    const curl = curlLine({ ...each, body: example }, place);
    return { tag: each.operation.tags[0], shown: { ...describe(each, document), curl } };
  });
  return {
    groups: document.tags.map(({ name }) => ({
      name,
      operations: described.filter(({ tag }) => tag === name).map(({ shown }) => shown),
    })),
    refusals: Object.entries(responses).map(([name, { description }]) => ({ status: statusOf(name), description })),
    types: listTypes(
      schemas,
      described.map(({ shown }) => shown),
    ),
  };
}

interface Described {
  readonly path: string;
  readonly method: string;
  readonly operation: ApiOperation;
}

function describe({ path, method, operation }: Described, { components }: ApiDocument): Omit<Operation, "curl"> {
  const { operationId: id, summary, security, parameters, responses } = operation;
  const [scope = null] = security.flatMap((each) => Object.values(each).flat());
  const body = bodySchema(operation);
  const refused = Object.entries(responses).filter(([status]) => Number(status) >= 400);
  return {
    id,
    method,
    path,
    summary,
    scope,
    parameters: parameters.map(({ name, in: where, required = false, description = null, schema }) => {
      const byDefault = schema.default === undefined ? null : wordOf(schema.default);
      return { name, place: where, kind: kindOf(schema), isRequired: required, note: description, byDefault };
    }),
    body: body ? listFields(inlined(body, components.schemas)) : [],
    answers: Object.entries(responses)
      .filter(([status]) => Number(status) < 400)
      .flatMap(([status, response]) => (isReference(response) ? [] : answers(status, response, components.schemas))),
    ownRefusals: refused.flatMap(([status, response]) =>
      isReference(response) ? [] : { status, description: response.description },
    ),
    refusals: refused.filter(([, response]) => isReference(response)).map(([status]) => status),
  };
}

function bodySchema({ requestBody }: ApiOperation): Schema | undefined {
  return requestBody && Object.values(requestBody.content)[0]?.schema;
}

function answers(status: string, { description, content }: ApiResponse, schemas: Schemas): Answer[] {
  const bodies: Content = content ?? {};
  if (Object.keys(bodies).length === 0) return [{ status, media: null, description, kind: [], fields: [] }];
  return Object.entries(bodies).map(([media, { schema }]) => {
    const events = media === "text/event-stream" ? (schema.oneOf ?? []).map((each) => eventField(each, schemas)) : null;
    const shown = inlined(schema, schemas);
    const fields = events ?? listFields(shown).filter(({ name }) => name !== "");
    return { status, media, description, kind: events ? [] : kindOf(shown), fields };
  });
}

/** Of a stream: the name of an event and what its data is. */
function eventField({ properties = {} }: Schema, schemas: Schemas): Field {
  const data = resolve(properties["data"]?.contentSchema ?? {}, schemas);
  return {
    name: wordOf(properties["event"]?.const),
    kind: kindOf(data),
    isRequired: false,
    note: data.description ?? null,
  };
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What belongs to one operation alone is shown with it. */
const OWN = /(?:Request|Response)$/;

function inlined(schema: Schema, schemas: Schemas): Schema {
  const name = typeName(schema);
  return name !== null && OWN.test(name) ? (schemas[name] ?? schema) : schema;
}

/** Those that something refers to, and what they refer to. */
function listTypes(schemas: Schemas, operations: readonly Operation[]): NamedType[] {
  const found = new Map<string, NamedType>();
  const visit = (kinds: readonly Kind[]): void => {
    for (const { text, isType } of kinds.flat()) {
      const schema = schemas[text];
      if (!isType || !schema || found.has(text)) continue;
      const fields = listFields(schema);
      found.set(text, { name: text, note: schema.description ?? null, kind: kindOf(schema), fields });
      visit(fields.map(({ kind }) => kind));
    }
  };
  visit([[{ text: "Problem", isType: true }]]);
  for (const { parameters, body, answers: given } of operations)
    visit([
      ...[...parameters, ...body, ...given.flatMap(({ fields }) => fields)].map(({ kind }) => kind),
      ...given.map(({ kind }) => kind),
    ]);
  return [...found.values()].toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function isReference(response: ApiResponse | Reference): response is Reference {
  return "$ref" in response;
}

/** `Problem400` → `400` */
function statusOf(name: string): string {
  return name.replace(/\D/g, "");
}
