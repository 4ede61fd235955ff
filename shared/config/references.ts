/**
 * `${NAME}` references in the texts of a configuration: where they stand and what they stand for.
 * Called by `parse-config` once, between reading and checking. Knows neither files nor environments: the host resolves names.
 * Invariant: a resolved value is never expanded again, so a secret may contain `${` itself.
 */
import { isList, isMap, type Located, type Path } from "./located.ts";

/** The escape `$${`, a reference, or a `${` that is neither. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g;

const MALFORMED = 'a name as in "${NAME}", or "$${" for a literal "${"';

/** The value of a name; null when the host has none. Must not throw. */
export type ResolveReference = (name: string) => string | null;

export interface Expansion {
  /** The same tree with every reference replaced. */
  readonly resolved: Located;
  /** Every value that replaced a reference, once each. */
  readonly secrets: readonly string[];
}

/** True when the text holds at least one reference. */
export function hasReference(text: string): boolean {
  return [...text.matchAll(REFERENCE)].some(([, name]) => name !== undefined);
}

/**
 * Replaces the references of every text below `root`; keys are left as they are. `report` is called with the path and the
 * expectation for each one that cannot be replaced; it then stays as written.
 */
export function expandReferences(
  root: Located,
  resolve: ResolveReference,
  report: (path: Path, expected: string) => void,
): Expansion {
  const secrets = new Set<string>();

  const expandText = (text: string, path: Path): string =>
    text.replace(REFERENCE, (match, name: string | undefined) => {
      if (match === "$${") return "${";
      const value = name === undefined ? null : resolve(name);
      if (!value) {
        report(path, name === undefined ? MALFORMED : `a credential or environment variable ${name} that is not empty`);
        return match;
      }
      secrets.add(value);
      return value;
    });

  const expand = (node: Located, path: Path): Located => {
    const { line, value } = node;
    if (typeof value === "string") return { line, value: expandText(value, path) };
    if (isList(value)) return { line, value: value.map((child, index) => expand(child, [...path, index])) };
    if (!isMap(value)) return node;
    return { line, value: new Map([...value].map(([key, child]) => [key, expand(child, [...path, key])])) };
  };

  return { resolved: expand(root, []), secrets: [...secrets] };
}
