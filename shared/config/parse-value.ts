/**
 * Parses one value of the configuration by a zod schema and reports everything that is wrong with it.
 * zod/mini has no texts of its own, and those of zod show input.
 * Invariants: a value is returned only when nothing was reported; what was expected names the rule and never the value.
 */
import * as z from "zod/mini";
import { suggestKey } from "../domain/text/nearest-key.ts";
import { quote, type Place } from "./fault.ts";
import { readAsMeant } from "./read-as-meant.ts";

export type PlainMap = Readonly<Record<string, unknown>>;

export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Also of faulty entries: who names one of them is not at fault. Empty for what is no map. */
export function listKeys(map: unknown): string[] {
  return isPlainMap(map) ? Object.keys(map) : [];
}

/** What a schema makes of a value; undefined after reporting what is wrong with it. */
export function parseValue<Schema extends z.ZodMiniType>(
  value: unknown,
  schema: Schema,
  place: Place,
): z.output<Schema> | undefined {
  const parse = (read: unknown) => z.safeParse(schema, read, { error: describeExpectation });
  const written = parse(value);
  const parsed = written.success ? written : parse(readAsMeant(value, written.error.issues, place));
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) reportIssue(issue, place);
  return undefined;
}

const PLANNED = "no such key: not supported by this version";

const renamedTo = (name: string): string => `${name}, the new name of this key`;

/**
 * Keys that no file may have any more, or not yet, by their path, with what is expected instead; of all others a typing error is
 * guessed. To rename a public key: a line here.
 */
const REFUSED_KEYS: ReadonlyMap<string, string> = new Map([
  ["slo", PLANNED],
  ["intervals.analysis", PLANNED],
  ["alerting.references", renamedTo("connectivity_targets")],
]);

/** Reports a key that is not among those that are known at a place. */
export function refuseKey(key: string, known: readonly string[], place: Place): void {
  const refused = place.at(key);
  refused.fault(REFUSED_KEYS.get(refused.toString()) ?? suggestKey(key, known), `the key ${quote(key)}`);
}

function reportIssue(issue: z.core.$ZodIssue, parent: Place): void {
  const steps = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const place = parent.at(...steps);
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) refuseKey(key, issue.message.split(KNOWN_KEYS_SEPARATOR), place);
  } else if (issue.code === "invalid_key") {
    place.fault(issue.message, `the key ${quote(String(steps.at(-1)))}`);
  } else if (issue.code === "invalid_union") {
    const meant = findMeant(issue.errors);
    if (meant) for (const each of meant) reportIssue(each, place);
    else place.fault(issue.message);
  } else {
    place.fault(issue.message);
  }
}

/** The one form of several that the value has but for what is in it; null when there is none, or no telling which. */
function findMeant(forms: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | null {
  const found = forms.filter((issues) => {
    return issues.length > 0 && issues.every(({ path, code }) => path.length > 0 || code === "unrecognized_keys");
  });
  const [meant] = found;
  return found.length === 1 && meant ? meant : null;
}

type Issue = z.core.$ZodRawIssue;

/** Between the keys that a map may have, which are all that is said about those that it may not have. */
const KNOWN_KEYS_SEPARATOR = ", ";

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

/** Completes "expected …" for an issue whose schema brings no words of its own: names the rule and never the value. */
function describeExpectation(issue: Issue): string {
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
