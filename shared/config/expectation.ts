/**
 * What a schema expected, in words: completes "expected …" for issues whose schema brings no words of its own.
 * Passed to zod as the error map of every parse. Knows no keys. zod/mini has no texts of its own, and those of zod show input.
 * Invariant: the text names the rule and never the value.
 */
import type * as z from "zod/mini";

type RawIssue = z.core.$ZodRawIssue;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "null",
};

/** The words for one issue. */
export function expectationOf(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPE_WORDS[issue.expected] ?? issue.expected;
    case "too_small":
      return bound(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return bound(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "invalid_value":
      return alternatives(issue.values.map((value) => JSON.stringify(value)));
    case "invalid_union":
      return alternatives(issue.errors.flatMap((branch) => branch.slice(0, 1).map(({ message }) => message)));
    case "invalid_key":
      return `a key that is ${issue.issues[0]?.message ?? "valid"}`;
    case "invalid_format":
      return issue.format === "regex" ? `text that matches ${issue.pattern}` : `a valid ${issue.format}`;
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return "no such key";
    default:
      return "another value";
  }
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
