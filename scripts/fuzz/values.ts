/**
 * Values by their JSON Schema: right ones, ones at the edge, hostile ones, and real ones with a dent; for parameters and bodies alike.
 * Used by requests.ts. Knows JSON Schema as OpenAPI documents use it, no parameter of any service.
 */
import fc, { type Arbitrary } from "fast-check";
import type { JsonSchema } from "./api-document.ts";
import { dented, mostly, skewed, type Source } from "./drawn.ts";
import { INSTANTS, NAMES, NUMBERS, WRONG_VALUES } from "./hostile-values.ts";

const LONGEST_AGE_S = 31 * 86_400;
const FAR = 1_000_000;
const NTH = 63;
/** Beyond what a double holds. */
const HUGE = ["1e400", "-1e400", "100000000000000000000"];
/** Where the schema names no length. */
const LONGEST_TEXT = 64;
/** For a text of which nobody has told a real one yet. */
const UNKNOWN = ["a", "main", "service_0", "x1"];

/** A parameter, or a member of a body. */
export interface Field {
  readonly name: string;
  readonly description?: string;
  readonly schema: JsonSchema;
}

/** Values that JSON can hold, numbers beyond a double included; `formatValue` makes the text of a parameter of them. */
export function drawValues(field: Field, source: Source): Arbitrary<unknown> {
  if (isPatience(field)) return mostly<unknown>(source.oddness, fc.constant(1), fc.constantFrom(...NAMES));
  const right = rightValues(field, source);
  const odd = fc.oneof(
    { weight: 7, arbitrary: hostileTo(field.schema) },
    { weight: 2, arbitrary: fc.constantFrom<unknown>(...WRONG_VALUES) },
    { weight: 1, arbitrary: fc.constantFrom(...NUMBERS, ...INSTANTS, ...NAMES) },
    { weight: 3, arbitrary: dented(right.map(formatValue)) },
  );
  return mostly(source.oddness, right, odd);
}

/** How long a client wants to wait, in seconds: this one is in a hurry, always. */
export const isPatience = ({ name }: Pick<Field, "name">): boolean => name === "timeout";

export const formatValue = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function rightValues({ schema, ...named }: Field, source: Source): Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((each) => rightValues({ ...named, schema: each }, source)));
  const options = "const" in schema ? [schema.const] : schema.enum;
  if (options) return fc.constantFrom(...options);
  const [type = "string"] = [schema.type ?? []].flat();
  return (RIGHT[type] ?? texts)({ ...named, schema }, source);
}

const numbers = ({ schema: { minimum = 0, maximum = 1_000 } }: Field): Arbitrary<number> =>
  skewed(Math.max(minimum, -FAR), Math.min(maximum, FAR));

const texts = (field: Field, source: Source): Arbitrary<unknown> =>
  field.schema.format === "date-time"
    ? instants(source)
    : field.schema.examples
      ? fc.constantFrom(...field.schema.examples)
      : fc.nat(NTH).map((nth) => source.harvest.about(field, nth) ?? UNKNOWN[nth % UNKNOWN.length]);

/** By type. */
const RIGHT: Readonly<Record<string, (field: Field, source: Source) => Arbitrary<unknown>>> = {
  object: ({ schema }, source) => objects(schema, source),
  array: ({ schema: { items = {} }, ...named }, source) =>
    fc.array(drawValues({ ...named, schema: items }, source), { maxLength: 3 }),
  integer: numbers,
  number: numbers,
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
};

/** A second ago as well as a month ago, and seldom the latter: a month in one answer takes the service a third of a second. */
function instants({ harvest, nowMs }: Source): Arbitrary<string> {
  const ago = skewed(1, LONGEST_AGE_S).map((ageS) => new Date(nowMs - ageS * 1_000).toISOString());
  const zoned = fc
    .tuple(ago, fc.constantFrom("Z", "+02:00", "-11:30", ".5Z"))
    .map(([text, end]) => text.replace(/\.\d+Z$/, end));
  const known = fc.tuple(ago, fc.nat(NTH)).map(([text, nth]) => harvest.about({ name: "timestamp" }, nth) ?? text);
  return fc.oneof({ weight: 5, arbitrary: ago }, { weight: 2, arbitrary: zoned }, { weight: 3, arbitrary: known });
}

function objects({ properties = {}, required = [] }: JsonSchema, source: Source): Arbitrary<object> {
  const named = Object.entries(properties);
  const members = Object.fromEntries(named.map(([name, schema]) => [name, drawValues({ name, schema }, source)]));
  const right = fc.record(members, { requiredKeys: [...required] });
  const incomplete = fc.record(members, { requiredKeys: [] });
  const strange = fc.tuple(right, fc.constantFrom(...NAMES)).map(([object, name]) => ({ ...object, [name]: 1 }));
  return mostly(source.oddness, right, fc.oneof(incomplete, strange));
}

function hostileTo({ type, format, minimum, maximum, maxLength = LONGEST_TEXT }: JsonSchema): Arbitrary<unknown> {
  const beside = fc.integer({ min: -1, max: 1 });
  if (type === "boolean") return fc.constantFrom(...NUMBERS);
  if (format === "date-time") return fc.constantFrom(...INSTANTS);
  if (type === "integer" || type === "number") {
    const edges = fc.constantFrom(...[minimum, maximum].filter((edge) => edge !== undefined), 0);
    const besideEdges = fc.tuple(edges, beside).map(([edge, by]) => edge + by);
    return fc.oneof(besideEdges, fc.constantFrom(...NUMBERS).map(asNumber), fc.constantFrom(...HUGE).map(asNumber));
  }
  const long = beside.map((by) => "a".repeat(Math.max(0, maxLength + by)));
  return fc.oneof(long, { weight: 6, arbitrary: fc.constantFrom(...NAMES) });
}

/** Of ES2026, so that the compiler does not know it yet: a number with more digits, or a larger exponent, than a double has. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

const asNumber = (text: string): unknown => (/^-?(0|[1-9]\d*)(\.\d+)?(e\d+)?$/.test(text) ? rawJSON(text) : text);
