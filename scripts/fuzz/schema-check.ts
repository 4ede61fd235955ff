/**
 * JSON Schema checks of answers, compiled once a schema.
 * Handed to the oracle by run.ts. zod reads the schemas that it wrote itself when the document was made.
 * Invariant: a schema that cannot be compiled throws, so that nothing passes by not being looked at.
 */
import * as z from "zod";
import type { JsonSchema } from "./api-document.ts";
import type { SchemaCheck } from "./oracle.ts";

export function createSchemaCheck(): SchemaCheck {
  const compiled = new Map<JsonSchema, z.ZodType>();
  return (schema, value) => {
    let known = compiled.get(schema);
    if (!known) compiled.set(schema, (known = z.fromJSONSchema(schema)));
    const [issue] = known.safeParse(value).error?.issues ?? [];
    return issue ? `${issue.path.join(".")}: ${issue.message}` : null;
  };
}
