/**
 * A validator for the part of JSON Schema that our generated schemas use.
 * Invariant: a keyword that it does not know throws, so that a schema cannot pass by not being looked at.
 */
import { isDeepStrictEqual } from "node:util";

export type JsonSchema = { readonly [keyword: string]: unknown };

type Rule = (argument: never, value: unknown, schema: JsonSchema) => boolean;

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
};

const RULES: Readonly<Record<string, Rule>> = {
  $schema: () => true,
  title: () => true,
  description: () => true,
  default: () => true,
  type: (names: string | string[], value) => [names].flat().some((name) => TYPES[name]?.(value)),
  const: (wanted: unknown, value) => isDeepStrictEqual(value, wanted),
  enum: (wanted: unknown[], value) => wanted.some((one) => isDeepStrictEqual(value, one)),
  anyOf: (schemas: JsonSchema[], value) => schemas.some((schema) => accepts(schema, value)),
  oneOf: (schemas: JsonSchema[], value) => schemas.filter((schema) => accepts(schema, value)).length === 1,
  allOf: (schemas: JsonSchema[], value) => schemas.every((schema) => accepts(schema, value)),
  pattern: (source: string, value) => typeof value !== "string" || new RegExp(source, "u").test(value),
  minLength: (limit: number, value) => typeof value !== "string" || value.length >= limit,
  maxLength: (limit: number, value) => typeof value !== "string" || value.length <= limit,
  minimum: (limit: number, value) => typeof value !== "number" || value >= limit,
  maximum: (limit: number, value) => typeof value !== "number" || value <= limit,
  exclusiveMinimum: (limit: number, value) => typeof value !== "number" || value > limit,
  exclusiveMaximum: (limit: number, value) => typeof value !== "number" || value < limit,
  items: (schema: JsonSchema, value) => !Array.isArray(value) || value.every((item) => accepts(schema, item)),
  minItems: (limit: number, value) => !Array.isArray(value) || value.length >= limit,
  maxItems: (limit: number, value) => !Array.isArray(value) || value.length <= limit,
  properties: (schemas: Record<string, JsonSchema>, value) =>
    entriesOf(value).every(([key, item]) => accepts(schemas[key] ?? {}, item)),
  required: (keys: string[], value) => !isObject(value) || keys.every((key) => Object.hasOwn(value, key)),
  minProperties: (limit: number, value) => !isObject(value) || Object.keys(value).length >= limit,
  maxProperties: (limit: number, value) => !isObject(value) || Object.keys(value).length <= limit,
  propertyNames: (schema: JsonSchema, value) => entriesOf(value).every(([key]) => accepts(schema, key)),
  patternProperties: (schemas: Record<string, JsonSchema>, value) =>
    Object.entries(schemas).every(([pattern, schema]) =>
      entriesOf(value).every(([key, item]) => !new RegExp(pattern, "u").test(key) || accepts(schema, item)),
    ),
  additionalProperties: (schema: JsonSchema | false, value, { properties = {}, patternProperties = {} }) =>
    entriesOf(value)
      .filter(([key]) => !Object.hasOwn(properties as object, key))
      .filter(
        ([key]) => !Object.keys(patternProperties as object).some((pattern) => new RegExp(pattern, "u").test(key)),
      )
      .every(([, item]) => schema !== false && accepts(schema, item)),
};

/** True when the value satisfies the schema. Throws on a keyword it does not know. */
export function accepts(schema: JsonSchema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, argument]) => {
    const rule = RULES[keyword];
    if (!rule) throw new Error(`Unknown JSON Schema keyword: ${keyword}`);
    return rule(argument as never, value, schema);
  });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function entriesOf(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}
