/**
 * Assertions on a JSON body: a path into it, an operator, a value.
 * Pure. `configure` of a check type compiles them once, its probe applies them to every answer.
 * Invariant: only own properties are looked at; what the path does not find fails every assertion but `exists: false`.
 */
import type { Quote, Sentence } from "../text/sentence.ts";

/** A regular expression is left out on purpose: a bad one would stop the whole process. */
export const JSON_OPERATORS = ["equals", "not_equals", "contains", "greater_than", "less_than", "exists"] as const;

export type JsonOperator = (typeof JSON_OPERATORS)[number];

type Value = string | number | boolean | null;

interface Operator {
  /** What the value of the assertion must be; null when it is. */
  readonly expectedValue: (value: Value | undefined) => string | null;
  readonly holds: (found: unknown, value: Value | undefined) => boolean;
}

const anyValue = (value: Value | undefined) => (value === undefined ? "a value to compare with" : null);
const aNumber = (value: Value | undefined) => (typeof value === "number" ? null : "a number");
const nothingOrBoolean = (value: Value | undefined) =>
  value === undefined || typeof value === "boolean" ? null : "true, false or nothing";

const OPERATORS = {
  equals: { expectedValue: anyValue, holds: (found, value) => found === value },
  not_equals: { expectedValue: anyValue, holds: (found, value) => found !== undefined && found !== value },
  contains: {
    expectedValue: (value) => (value === "" ? "a text that is not empty" : anyValue(value)),
    holds: contains,
  },
  greater_than: { expectedValue: aNumber, holds: (found, value) => isLess(value, found) },
  less_than: { expectedValue: aNumber, holds: (found, value) => isLess(found, value) },
  exists: { expectedValue: nothingOrBoolean, holds: (found, value) => (found !== undefined) === (value ?? true) },
} satisfies Record<JsonOperator, Operator>;

export interface JsonAssertion {
  /** `status`, `models[0].name`, `$.a.b`; `.length` of an array is the number of its items. */
  readonly path: string;
  readonly operator: JsonOperator;
  /** Optional for `exists` only, where `false` demands absence. */
  readonly value?: Value | undefined;
}

/** Null when the assertion holds; else one sentence with what was found, at most about 200 characters. */
export type AssertBody = (body: unknown) => Sentence | null;

/** A fault of the assertion itself: the key that is wrong and what was expected there. */
export interface AssertionFault {
  readonly key: "path" | "value";
  readonly expected: string;
}

/** Makes a ready check of an assertion, or tells what is wrong with it. */
export function compileAssertion(assertion: JsonAssertion): AssertBody | AssertionFault {
  const segments = parsePath(assertion.path);
  if (!segments) return { key: "path", expected: 'a path such as "status" or "models[0].name"' };
  const { expectedValue, holds }: Operator = OPERATORS[assertion.operator];
  const expected = expectedValue(assertion.value);
  if (expected) return { key: "value", expected };
  return (body) => {
    const found = follow(body, segments);
    return holds(found, assertion.value) ? null : complaint(assertion, found);
  };
}

function contains(found: unknown, value: unknown): boolean {
  if (Array.isArray(found)) return found.includes(value);
  return typeof found === "string" && typeof value === "string" && found.includes(value);
}

function isLess(smaller: unknown, larger: unknown): boolean {
  return typeof smaller === "number" && typeof larger === "number" && smaller < larger;
}

type Segment = string | number;

const SEGMENT = /\.([^.[\]]+)|\[(\d{1,9})\]/gy;

/** `models[0].name` → `["models", 0, "name"]`; `$` alone is the whole body. Null when the text is not a path. */
function parsePath(path: string): readonly Segment[] | null {
  const text = /^[$[]/.test(path) ? path.replace(/^\$/, "") : `.${path}`;
  const matches = [...text.matchAll(SEGMENT)];
  const last = matches.at(-1);
  const end = last ? last.index + last[0].length : 0;
  return end === text.length ? matches.map(([, name, index]) => name ?? Number(index)) : null;
}

function follow(body: unknown, segments: readonly Segment[]): unknown {
  return segments.reduce(
    (value, segment) => (isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined),
    body,
  );
}

function isObject(value: unknown): value is Record<Segment, unknown> {
  return typeof value === "object" && value !== null;
}

const MAX_PATH_LENGTH = 50;
const MAX_VALUE_LENGTH = 60;

/** `status is "loading", expected equals "ok"` */
function complaint({ path, operator, value }: JsonAssertion, found: unknown): Sentence {
  const wanted = value === undefined ? [] : [" ", describe(value)];
  const name = { text: path, atMost: MAX_PATH_LENGTH };
  return [name, " is ", describe(found), `, expected ${operator.replace("_", " ")}`, ...wanted];
}

function describe(value: unknown): string | Quote {
  if (value === undefined) return "absent";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return isScalar(value) ? { json: value, atMost: MAX_VALUE_LENGTH } : "an object";
}

function isScalar(value: unknown): value is Value {
  return !isObject(value) && value !== undefined;
}
