/**
 * JSON bodies by their schema, right and wrong, for operations that take one.
 * Used by ordinary-request.ts. The wrong ones are wrong as JSON (cut, doubled keys, numbers beyond a double) or against the schema.
 * Invariant: with oddness 0 the text is JSON that the schema accepts, as far as the document says.
 */
import type { JsonSchema } from "./api-document.ts";
import { NAMES } from "./hostile-values.ts";
import { dented, goodNumber, parameterText, type Source } from "./values.ts";

const DEEP = 10_000;
/** Beyond the 64 KiB that an API of this kind reads. */
const LARGE = 70_000;

const WRONG_TEXTS = [
  "",
  " ",
  "null",
  "[]",
  "1e400",
  "-0",
  "9007199254740993",
  '"\\ud800"',
  "\uFEFF{}",
  "{",
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{}}}',
  "{'a':1}",
  '{"a":NaN}',
  "[".repeat(DEEP),
  '{"a":'.repeat(DEEP),
  `"${"x".repeat(LARGE)}"`,
] as const;

export function bodyText(schema: JsonSchema, source: Source): string {
  const { prng, oddness } = source;
  if (prng.chance(oddness * 0.3)) return prng.pick(WRONG_TEXTS);
  const text = jsonText(schema, source, "");
  return prng.chance(oddness * 0.2) ? dented(text, prng) : text;
}

function jsonText(schema: JsonSchema, source: Source, name: string): string {
  const { prng, oddness } = source;
  if (prng.chance(oddness * 0.4))
    return prng.pick(["null", "[]", "{}", "1e400", "-1", "1.5", '""', quoted(prng.pick(NAMES))]);
  const [choice] = [schema["anyOf"] ?? schema["oneOf"]].filter(Array.isArray);
  if (choice) return jsonText(prng.pick<JsonSchema>(choice), source, name);
  if ("const" in schema) return JSON.stringify(schema["const"]);
  switch ([schema["type"]].flat()[0]) {
    case "object":
      return objectText(schema, source);
    case "array": {
      const items = schema["items"] as JsonSchema | undefined; // of an array, by JSON Schema
      return `[${Array.from({ length: prng.int(0, 3) }, () => jsonText(items ?? {}, source, name)).join(",")}]`;
    }
    case "integer":
    case "number":
      return String(goodNumber(schema, prng));
    case "boolean":
      return String(prng.chance(0.5));
    case "null":
      return "null";
    default:
      return quoted(parameterText({ name, in: "query", description: "", schema }, source));
  }
}

function objectText(schema: JsonSchema, source: Source): string {
  const { prng, oddness } = source;
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>); // by JSON Schema
  const required = new Set<unknown>([schema["required"] ?? []].flat());
  const entries = properties
    .filter(([key]) => (required.has(key) ? !prng.chance(oddness * 0.2) : prng.chance(0.5)))
    .map(([key, value]) => `${quoted(key)}:${jsonText(value, source, key)}`);
  if (prng.chance(oddness * 0.3)) entries.push(`${quoted(prng.pick(NAMES))}:1`);
  if (entries.length > 0 && prng.chance(oddness * 0.2)) entries.push(prng.pick(entries));
  return `{${entries.join(",")}}`;
}

const quoted = (text: string): string => JSON.stringify(text);
