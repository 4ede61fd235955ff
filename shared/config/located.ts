/**
 * The tree of a configuration file in which every value remembers its line.
 * `read-yaml` builds it, the other files of this folder look things up in it. Knows no YAML library and no schema.
 * Invariant: maps keep the order of the file (plain objects would not: they sort keys that look like integers).
 */
export type Scalar = null | boolean | number | string;

export interface Located {
  /** 1-based; for a value under a key, the line of the key. */
  readonly line: number;
  readonly value: Scalar | readonly Located[] | LocatedMap;
}

export type LocatedMap = ReadonlyMap<string, Located>;

/** Keys and list positions from the root down. */
export type Path = readonly (string | number)[];

export function isMap(value: Located["value"] | undefined): value is LocatedMap {
  return value instanceof Map;
}

export function isList(value: Located["value"] | undefined): value is readonly Located[] {
  return Array.isArray(value);
}

/** The value at `path`; undefined when there is none. */
export function valueAt(root: Located, path: Path): Located | undefined {
  return path.reduce<Located | undefined>((node, step) => node && childOf(node, step), root);
}

/** The line of the value at `path`, or of its nearest existing ancestor. */
export function lineAt(root: Located, path: Path): number {
  let node = root;
  for (const step of path) {
    const child = childOf(node, step);
    if (!child) break;
    node = child;
  }
  return node.line;
}

/** Calls `visit` with every scalar below `node` in file order. */
export function visitScalars(node: Located, visit: (path: Path, value: Scalar) => void, path: Path = []): void {
  if (isMap(node.value)) {
    for (const [key, child] of node.value) visitScalars(child, visit, [...path, key]);
  } else if (isList(node.value)) {
    node.value.forEach((child, index) => visitScalars(child, visit, [...path, index]));
  } else {
    visit(path, node.value);
  }
}

/** Plain JavaScript values for a schema. */
export function plainOf({ value }: Located): unknown {
  if (isList(value)) return value.map(plainOf);
  return isMap(value) ? Object.fromEntries([...value].map(([key, child]) => [key, plainOf(child)])) : value;
}

function childOf({ value }: Located, step: string | number): Located | undefined {
  if (isMap(value)) return value.get(String(step));
  return isList(value) ? value[Number(step)] : undefined;
}
