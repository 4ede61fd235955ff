/**
 * What a schema expected, in words: completes "expected …" for issues whose schema brings no words of its own.
 * Passed to zod as the error map of every parse. Knows no keys. zod/mini has no texts of its own, and those of zod show input.
 * Invariant: the text names the rule and never the value.
 */
import type * as z from "zod/mini";

type Issue = z.core.$ZodRawIssue;

/** Between the keys that a map may have, which are all that is said about those that it may not have. */
export const KNOWN_KEYS_SEPARATOR = ", ";

type Words = { readonly [Code in Issue["code"]]: (issue: Extract<Issue, { code: Code }>) => string };

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

const WORDS: Words = {
  invalid_type: ({ expected }) => TYPE_WORDS[expected] ?? expected,
  invalid_value: ({ values }) => alternatives(values.map((value) => JSON.stringify(value))),
  invalid_union: (issue) =>
    Array.isArray(issue.options) // the names of variants, of which none was named
      ? `one of ${issue.options.join(", ")}`
      : alternatives(issue.errors.flatMap((branch) => branch.slice(0, 1).map(({ message }) => message))),
  invalid_key: ({ issues }) => `a key that is ${issues[0]?.message ?? "valid"}`,
  invalid_format: ({ format, pattern }) =>
    pattern === undefined ? `a valid ${format}` : `text that matches ${pattern}`,
  too_small: ({ origin, inclusive, minimum }) => bound(origin, inclusive === false ? "more than" : "at least", minimum),
  too_big: ({ origin, inclusive, maximum }) => bound(origin, inclusive === false ? "less than" : "at most", maximum),
  not_multiple_of: ({ divisor }) => `a multiple of ${divisor}`,
  unrecognized_keys: ({ inst }) => Object.keys((inst as z.ZodMiniObject).shape).join(KNOWN_KEYS_SEPARATOR),
  // Issues of maps and sets, which YAML does not have, and of checks, which bring their own words.
  invalid_element: () => "another value",
  custom: () => "another value",
};

/** The words for one issue. */
export function describeExpectation(issue: Issue): string {
  const words = WORDS[issue.code] as (issue: Issue) => string; // the table pairs each code with its issue
  return words(issue);
}

function bound(origin: string, comparison: string, limit: number | bigint): string {
  if (origin === "string") return `text of ${comparison} ${limit} characters`;
  if (origin === "array") return `a list of ${comparison} ${limit} elements`;
  return `${comparison} ${limit}`;
}

function alternatives(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  const last = distinct.pop() ?? "another value";
  return distinct.length === 0 ? last : `${distinct.join(", ")} or ${last}`;
}
