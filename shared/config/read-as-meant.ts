/**
 * Reads again what a schema refused, where its author can have meant one thing only: a key with nothing after it, where a map or a
 * list would stand, is as if it were not there (all of it is commented out), and a reference that stands alone for a number, `true`
 * or `false` is that. Called by `parse-value`, which parses what comes of it. Pure.
 * Invariants: what a schema takes as it is stays as it is, so a text never becomes a number where texts may stand; a schema sees
 * `undefined`, and says whether it can do without.
 */
import type * as z from "zod/mini";
import type { Path, Place, Scalar } from "./fault.ts";

/** What may be read as meant, by the type that a schema expected. */
const KINDS: Readonly<Record<string, "collection" | "scalar">> = {
  object: "collection",
  record: "collection",
  array: "collection",
  number: "scalar",
  int: "scalar",
  boolean: "scalar",
};

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

/** As JSON and YAML write it. */
const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;

/** The value, read anew at the places of issues. */
export function readAsMeant(value: unknown, issues: readonly z.core.$ZodIssue[], place: Place): unknown {
  const expected = new Set(issues.flatMap((issue) => listExpectations(issue, [])));
  const read = (found: unknown, path: Path): unknown => {
    if (found === null) return expected.has(expectation("collection", path)) ? undefined : null;
    if (Array.isArray(found)) return found.map((item, index) => read(item, [...path, index]));
    if (typeof found === "object") {
      return Object.fromEntries(Object.entries(found).map(([key, item]) => [key, read(item, [...path, key])]));
    }
    const isMeant = typeof found === "string" && expected.has(expectation("scalar", path));
    return isMeant && place.at(...path).isReference ? readScalar(found) : found;
  };
  return read(value, []);
}

function listExpectations(issue: z.core.$ZodIssue, parent: Path): string[] {
  const path = [...parent, ...(issue.path as Path)]; // YAML has no symbols
  if (issue.code === "invalid_union") return issue.errors.flat().flatMap((error) => listExpectations(error, path));
  const kind = issue.code === "invalid_type" ? KINDS[issue.expected] : undefined;
  return kind ? [expectation(kind, path)] : [];
}

function expectation(kind: string, path: Path): string {
  return JSON.stringify([kind, ...path]);
}

function readScalar(text: string): Scalar {
  return WORDS.get(text) ?? (NUMBER.test(text) ? Number(text) : text);
}
