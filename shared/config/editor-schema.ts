/**
 * The JSON Schema of the configuration, for completion and hints in editors.
 * `scripts/write-schema.ts` writes it to `cluster.schema.json`; the program itself does not use it.
 * An approximation: it does not see what references stand for, the bounds of text durations, or anything between two keys.
 * Invariant: it accepts every file that `parse-config` accepts, apart from references in place of a fixed word.
 */
import * as z from "zod/mini";
import { HOLDER_PREFIX } from "./parse-config.ts";
import type { TypeRegistry } from "./section.ts";
import { SECTIONS, type Sections } from "./sections/registry.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A text with a reference may turn into anything. */
const HOLDS_REFERENCE = String.raw`\$\{`;

/** Where a reference may stand for the value. */
const SCALARS: readonly unknown[] = ["number", "integer", "boolean"];

/** What may be commented out as a whole, where it may be left out. */
const COLLECTIONS: readonly unknown[] = ["object", "array"];

const OPTIONAL: readonly string[] = ["optional", "default", "prefault"];

/** JSON Schema, draft 2020-12, of a configuration with these types of checks and channels. */
export function buildEditorSchema(types: TypeRegistry, sections: Sections = SECTIONS): JsonSchema {
  const keys = Object.entries(sections).map(([name, section]) => [name, section.describe(types)] as const);
  const typesWithSecrets = [...Object.values(types.checkTypes), ...Object.values(types.channelTypes)];
  const secretKeys = new Set(
    typesWithSecrets.flatMap(({ keys: shape, secretKeys: names }) => names.map((name) => shape[name])),
  );
  return z.toJSONSchema(z.strictObject(Object.fromEntries(keys)), {
    io: "input",
    target: "draft-2020-12",
    override: ({ zodSchema, jsonSchema, path }) => {
      if (secretKeys.has(zodSchema)) jsonSchema.pattern = HOLDS_REFERENCE;
      else if (path.at(-1) !== "propertyNames") allowReference(jsonSchema);
      if (OPTIONAL.includes(zodSchema._zod.def.type)) allowNothing(jsonSchema);
      if (path.length === 0) jsonSchema.patternProperties = { [`^${HOLDER_PREFIX}`]: {} };
    },
  });
}

function allowReference(schema: JsonSchema): void {
  const { type, pattern } = schema;
  if (SCALARS.includes(type)) {
    Object.assign(schema, { type: [type, "string"], pattern: HOLDS_REFERENCE });
  } else if (pattern !== undefined && !pattern.endsWith(HOLDS_REFERENCE)) {
    schema.pattern = `${pattern}|${HOLDS_REFERENCE}`;
  }
}

function allowNothing(schema: JsonSchema): void {
  const { type, anyOf } = schema;
  if (COLLECTIONS.includes(type)) Object.assign(schema, { type: [type, "null"] });
  if (!anyOf?.some((alternative) => COLLECTIONS.includes(alternative.type))) return;
  if (!anyOf.some((alternative) => alternative.type === "null")) anyOf.push({ type: "null" });
}
