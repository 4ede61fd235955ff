/**
 * Values by their JSON Schema: right ones, ones at the edge, hostile ones, and real ones with a dent. As texts of parameters, and
 * as JSON, where the wrong ones are wrong as JSON (cut, doubled keys, numbers beyond a double) or against the schema.
 * Used by requests.ts. Knows JSON Schema as OpenAPI documents use it, no parameter of any service.
 */
import fc, { type Arbitrary } from "fast-check";
import type { JsonSchema, Parameter } from "./api-document.ts";
import { dented, mostly, skewed, type Source } from "./drawn.ts";
import { INSTANTS, NAMES, NUMBERS, WRONG_BODIES, WRONG_VALUES } from "./hostile-values.ts";

const LONGEST_AGE_S = 31 * 86_400;
const FAR = 1_000_000;
const NTH = 63;
/** For a text of which nobody has told a real one yet. */
const UNKNOWN = ["a", "main", "service_0", "x1"];

/** The text of a parameter's value, not yet encoded. */
export function parameterTexts(parameter: Parameter, source: Source): Arbitrary<string> {
  const right = rightTexts(parameter, source);
  const odd = fc.oneof(
    { weight: 3, arbitrary: edgeTexts(parameter.schema) },
    { weight: 3, arbitrary: fc.constantFrom(...hostileTo(parameter.schema)) },
    { weight: 1, arbitrary: fc.constantFrom(...NUMBERS, ...INSTANTS, ...NAMES) },
    { weight: 3, arbitrary: dented(right) },
  );
  return mostly(source.oddness, right, odd);
}

function rightTexts(parameter: Parameter, source: Source): Arbitrary<string> {
  const { schema } = parameter;
  const options = schema["enum"];
  if (Array.isArray(options) && options.length > 0) return fc.constantFrom(...options.map(String));
  if (isNumeric(schema)) return rightNumbers(schema).map(String);
  if (schema["type"] === "boolean") return fc.constantFrom("true", "false");
  if (schema["format"] === "date-time") return rightInstants(source);
  return fc.nat(NTH).map((nth) => source.harvest.about(parameter, nth) ?? UNKNOWN[nth % UNKNOWN.length] ?? "");
}

const isNumeric = ({ type }: JsonSchema): boolean => type === "integer" || type === "number";

function rightNumbers({ minimum, maximum }: JsonSchema): Arbitrary<number> {
  return skewed(Math.max(Number(minimum ?? 0), -FAR), Math.min(Number(maximum ?? 1_000), FAR));
}

/** A second ago as well as a month ago, and seldom the latter: a month in one answer takes the service a third of a second. */
function rightInstants({ harvest, nowMs }: Source): Arbitrary<string> {
  const ago = skewed(1, LONGEST_AGE_S).map((ageS) => new Date(nowMs - ageS * 1_000).toISOString());
  const zoned = fc
    .tuple(ago, fc.constantFrom("Z", "+02:00", "-11:30", ".5Z"))
    .map(([text, end]) => text.replace(/\.\d+Z$/, end));
  const known = fc.tuple(ago, fc.nat(NTH)).map(([text, nth]) => harvest.named("timestamp", nth) ?? text);
  return fc.oneof({ weight: 5, arbitrary: ago }, { weight: 2, arbitrary: zoned }, { weight: 3, arbitrary: known });
}

function edgeTexts(schema: JsonSchema): Arbitrary<string> {
  const { minimum, maximum, format, maxLength } = schema;
  const beside = fc.integer({ min: -1, max: 1 });
  if (isNumeric(schema)) {
    const edges = [minimum, maximum].filter((edge) => typeof edge === "number");
    return fc
      .tuple(fc.constantFrom(...(edges.length > 0 ? edges : [0])), beside)
      .map(([edge, by]) => String(edge + by));
  }
  if (format === "date-time") return fc.constantFrom(...INSTANTS);
  const most = typeof maxLength === "number" ? maxLength : 64;
  return beside.map((by) => "a".repeat(Math.max(0, most + by)));
}

function hostileTo(schema: JsonSchema): readonly string[] {
  if (isNumeric(schema) || schema["type"] === "boolean") return NUMBERS;
  return schema["format"] === "date-time" ? INSTANTS : NAMES;
}

/** A whole body. */
export function bodyTexts(schema: JsonSchema, source: Source): Arbitrary<string> {
  const { oddness } = source;
  const right = jsonTexts(schema, source, "");
  return mostly(oddness * 0.3, mostly(oddness * 0.2, right, dented(right)), fc.constantFrom(...WRONG_BODIES));
}

const quoted = (text: string): string => JSON.stringify(text);

function jsonTexts(schema: JsonSchema, source: Source, name: string): Arbitrary<string> {
  const odd = fc.oneof(fc.constantFrom(...WRONG_VALUES), fc.constantFrom(...NAMES).map(quoted));
  return mostly(source.oddness * 0.4, rightJson(schema, source, name), odd);
}

function rightJson(schema: JsonSchema, source: Source, name: string): Arbitrary<string> {
  const choices: unknown = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices)) return fc.oneof(...choices.map((each: JsonSchema) => jsonTexts(each, source, name)));
  if ("const" in schema) return fc.constant(JSON.stringify(schema["const"]));
  switch ([schema["type"]].flat()[0]) {
    case "object":
      return objectTexts(schema, source);
    case "array": {
      const item = (schema["items"] ?? {}) as JsonSchema; // of an array, by JSON Schema
      return fc.array(jsonTexts(item, source, name), { maxLength: 3 }).map((items) => `[${items.join(",")}]`);
    }
    case "integer":
    case "number":
      return rightNumbers(schema).map(String);
    case "boolean":
      return fc.constantFrom("true", "false");
    case "null":
      return fc.constant("null");
    default:
      return parameterTexts({ name, in: "query", description: "", schema }, source).map(quoted);
  }
}

function objectTexts(schema: JsonSchema, source: Source): Arbitrary<string> {
  const { oddness } = source;
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>); // by JSON Schema
  const required = new Set<unknown>([schema["required"] ?? []].flat());
  const members = properties.map(([key, value]) => {
    const member = jsonTexts(value, source, key).map((text) => [`${quoted(key)}:${text}`]);
    const absent = fc.constant<string[]>([]);
    return required.has(key) ? mostly(oddness * 0.2, member, absent) : mostly(0.5, absent, member);
  });
  const strange = fc.constantFrom(...NAMES).map((key) => [`${quoted(key)}:1`]);
  const extra = mostly(oddness * 0.3, fc.constant<string[]>([]), strange);
  const isDoubled = mostly(oddness * 0.2, fc.constant(false), fc.constant(true));
  return fc.tuple(isDoubled, extra, ...members).map(([doubled, ...lists]) => {
    const texts = lists.flat();
    return `{${[...texts, ...(doubled ? texts.slice(-1) : [])].join(",")}}`;
  });
}
