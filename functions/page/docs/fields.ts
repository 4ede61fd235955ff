/**
 * Schemas as people read them: a list of fields, each with its kind in words and its note. Pure.
 * Used by docs-model.ts. Invariants: whatever a schema declares has a line; what has a name is referred to by it and described once.
 */
import type { Schema, Schemas } from "./api-document.ts";

/** A kind in words, of which some are the names of types. */
export type Kind = readonly { readonly text: string; readonly isType: boolean }[];

export interface Field {
  /** `services.*.health`, `errors[].field`; empty: the value itself. */
  readonly name: string;
  readonly kind: Kind;
  readonly isRequired: boolean;
  readonly note: string | null;
}

/** The name of a type that a schema refers to; null: it is described where it stands. */
export function typeName({ $ref }: Schema): string | null {
  const [, name] = /^#\/components\/schemas\/([^/]+)$/.exec($ref ?? "") ?? [];
  return name ?? null;
}

/** What it says itself, where it stands for something that has no name of its own, such as a property of a type. */
export function resolve(schema: Schema, schemas: Schemas): Schema {
  const [, name, property] = /^#\/components\/schemas\/([^/]+)\/properties\/([^/]+)$/.exec(schema.$ref ?? "") ?? [];
  return name !== undefined && property !== undefined ? (schemas[name]?.properties?.[property] ?? schema) : schema;
}

/** Of an object its fields, and theirs where they have no name; of anything else the value itself. */
export function listFields(schema: Schema): Field[] {
  const fields = fieldsWithin(schema, "");
  return fields.length > 0 ? fields : [{ name: "", kind: kindOf(schema), isRequired: true, note: null }];
}

function fieldsWithin(schema: Schema, prefix: string): Field[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, declared]) => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const isRequired = schema.required?.includes(name) ?? false;
    const field = { name: path, kind: kindOf(declared), isRequired, note: declared.description ?? null };
    return [field, ...fieldsWithin(declared, path)];
  });
  const { items, additionalProperties } = schema;
  const inner = [
    ...(items ? fieldsWithin(items, `${prefix}[]`) : []),
    ...(typeof additionalProperties === "object" ? fieldsWithin(additionalProperties, `${prefix}.*`) : []),
    ...(schema.anyOf ?? schema.oneOf ?? []).flatMap((variant) => fieldsWithin(variant, prefix)),
  ];
  return [...own, ...inner];
}

const words = (text: string): Kind => [{ text, isType: false }];

/** `list of Mark`, `whole number, 1 to 1000`, `"once"`, `Instant or null`. */
export function kindOf(schema: Schema): Kind {
  const { anyOf, oneOf, items, additionalProperties } = schema;
  const name = typeName(schema);
  if (name !== null) return [{ text: name, isType: true }];
  if (schema.const !== undefined) return words(JSON.stringify(schema.const));
  if (schema.enum) return words(schema.enum.map((value) => JSON.stringify(value)).join(" or "));
  const variants = anyOf ?? oneOf;
  if (variants) return variants.flatMap((variant, index) => [...(index > 0 ? words(" or ") : []), ...kindOf(variant)]);
  if (schema.type === "array") return [...words("list of "), ...(items ? kindOf(items) : words("anything"))];
  if (schema.type === "object" && typeof additionalProperties === "object" && !schema.properties)
    return [...words("map of "), ...kindOf(additionalProperties)];
  return words(plainKind(schema));
}

const NAMES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
};

function plainKind(schema: Schema): string {
  const { type, format } = schema;
  if (type === undefined) return "anything";
  const names = [type].flat().map((each) => NAMES[each] ?? each);
  const kind = format === "date-time" ? "instant" : names.join(" or ");
  return [kind, ...limits(schema)].join(", ");
}

function limits({ minimum, maximum, exclusiveMinimum, maxLength }: Schema): string[] {
  const most = maxLength === undefined ? [] : [`at most ${maxLength} characters`];
  if (minimum !== undefined && maximum !== undefined) return [`${minimum} to ${maximum}`, ...most];
  if (exclusiveMinimum !== undefined) return [`more than ${exclusiveMinimum}`, ...most];
  if (minimum !== undefined) return [`${minimum} or more`, ...most];
  return most;
}
