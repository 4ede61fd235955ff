/**
 * Schemas of endpoints as JSON Schema. Used by openapi.ts, where what has a name stands once, and for tools of agents, which read a
 * schema alone. Invariant: nothing is described by hand that a schema already says.
 */
import * as z from "zod/mini";
import { NOTES } from "../wire/schemas.ts";

export type Json = Readonly<Record<string, unknown>>;

const NAMED = "#/components/schemas/";

/** `$defs`: what has a name, by it; the rest refers to it as a part of an OpenAPI document. */
export function toJsonSchema(schema: z.ZodMiniType) {
  const written = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    metadata: NOTES,
    // Drops what zod says of every whole number and every key. A default is said of parameters only: of a field it makes generators of
    // clients demand the field of whoever sends it.
    override({ zodSchema, jsonSchema }) {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      delete jsonSchema.propertyNames;
      delete jsonSchema.default;
      const { default: value } = NOTES.get(zodSchema) ?? {};
      if (value !== undefined) Object.assign(jsonSchema, { default: value });
    },
  });
  const text = JSON.stringify(written)
    .replaceAll('"#/$defs/', `"${NAMED}`)
    // Patterns as every engine reads them: elsewhere \d may be a digit of any script, and there may be no \u.
    .replaceAll("\\\\d", "[0-9]")
    .replaceAll("\\\\u", "\\u");
  return JSON.parse(text) as Json & { $defs?: Json };
}

/** The same, with what has a name where it is used. */
export function toWholeJsonSchema(schema: z.ZodMiniType): Json {
  const { $schema: _is_the_default_of_its_readers, $defs = {}, ...body } = toJsonSchema(schema);
  const whole = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(whole);
    if (typeof part !== "object" || part === null) return part;
    const { $ref: reference, ...own } = part as Json;
    const used = typeof reference === "string" ? whole($defs[reference.slice(NAMED.length)]) : {};
    // The name of a schema is a text, a property that is called id is a schema.
    const kept = Object.entries(own).filter(([key, value]) => key !== "id" || typeof value !== "string");
    return { ...(used as Json), ...Object.fromEntries(kept.map(([key, value]) => [key, whole(value)])) };
  };
  return whole(body) as Json;
}
