/**
 * What the OpenAPI document says of a schema beside its shape: its name there, and a sentence.
 * Used where schemas are declared; openapi.ts reads it. Invariant: one name, one schema.
 */
import * as z from "zod/mini";

/** Whatever JSON Schema has a word for. */
export const NOTES = z.registry<{ id?: string; description?: string; [keyword: string]: unknown }>();

/** The schema, which the document then refers to by this name. */
export function named<Schema extends z.ZodMiniType>(id: string, schema: Schema, description?: string): Schema {
  NOTES.add(schema, { id, ...(description !== undefined && { description }) });
  return schema;
}

/** The schema with a sentence, or with keywords that it cannot say itself. The schema must be this field's own. */
export function noted<Schema extends z.ZodMiniType>(
  note: string | Readonly<Record<string, unknown>>,
  schema: Schema,
): Schema {
  NOTES.add(schema, typeof note === "string" ? { description: note } : note);
  return schema;
}

/** One of the words of a documented record, with the sentence of each. */
export function wordSchema<Word extends string>(id: string, words: Readonly<Record<Word, string>>) {
  // Object.keys loses the key type; the record is a constant of exactly these words.
  const keys = Object.keys(words) as [Word, ...Word[]];
  const sentences = keys.map((word) => `* \`${word}\`: ${words[word]}`);
  return named(id, z.enum(keys), sentences.join("\n"));
}
