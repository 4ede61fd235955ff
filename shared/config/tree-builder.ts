/**
 * Turns the parser's nodes into the tree of located values: anchors resolved, keys unique and text.
 * Used by `read-yaml` once per file. Knows no keys of ours.
 * Invariant: nesting and the expansion of aliases are bounded, so nobody behind it can be made to walk without end.
 */
import { isAlias, isMap, isScalar, isSeq, type Alias, type LineCounter, type ParsedNode, type YAMLMap } from "yaml";
import { formatPath, quote, type Fault } from "./fault.ts";
import type { Located, LocatedMap, Path, Scalar } from "./located.ts";

/** The deepest key of ours is at level 6; the rest is room for JSON assertions. */
const MAX_DEPTH = 32;

/** Forty values for each of 5,000 services; a few nested aliases reach billions. */
const MAX_VALUES = 200_000;

/** What an anchor stands for, and how many values and levels each use of it adds. */
interface Anchored {
  readonly value: Located["value"];
  readonly valueCount: number;
  readonly levels: number;
}

type Node = ParsedNode | null;

export class TreeBuilder {
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, Anchored>();
  readonly #faults: Fault[] = [];
  #valueCount = 0;
  /** Of the values below the one that is being built. */
  #deepestLevel = 0;
  #isTooLarge = false;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  /** Builds the tree of a whole document; `root` is null when it is too deep or too large. To be called once. */
  build(contents: Node): { root: Located | null; faults: readonly Fault[] } {
    const root = this.#locatedOf(contents, [], 1);
    return { root: this.#isTooLarge ? null : root, faults: this.#faults };
  }

  #locatedOf(node: Node, path: Path, line: number): Located {
    if (!this.#admit({ valueCount: 1, levels: 0 }, path, line)) return { line, value: null };
    const countBefore = this.#valueCount;
    const deepestBefore = this.#deepestLevel;
    this.#deepestLevel = path.length;
    const value = this.#valueOf(node, path, line);
    if (node !== null && !isAlias(node) && node.anchor) {
      const valueCount = this.#valueCount - countBefore;
      this.#anchors.set(node.anchor, { value, valueCount, levels: this.#deepestLevel - path.length });
    }
    this.#deepestLevel = Math.max(this.#deepestLevel, deepestBefore);
    return { line, value };
  }

  #valueOf(node: Node, path: Path, line: number): Located["value"] {
    if (isAlias(node)) return this.#aliased(node, path, line);
    if (isMap(node)) return this.#mapOf(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.#locatedOf(item, [...path, index], this.#lineOf(item, line)));
    return isScalar(node) ? scalarOf(node.value) : null;
  }

  #mapOf(map: YAMLMap.Parsed, path: Path): Located["value"] {
    const entries = new Map<string, Located>();
    for (const { key: keyNode, value } of map.items) {
      const line = this.#lineOf(keyNode, 1);
      const key = keyOf(keyNode);
      if (key === null) {
        this.#report(path, line, "a key that is not text", "a key that is text");
      } else if (this.#isNewKey(key, entries, { path, line })) {
        entries.set(key, this.#locatedOf(value, [...path, key], line));
      }
    }
    return entries;
  }

  #isNewKey(key: string, entries: LocatedMap, { path, line }: { path: Path; line: number }): boolean {
    const first = entries.get(key);
    if (first) {
      this.#report([...path, key], line, `the key ${quote(key)} again`, `each key once (first on line ${first.line})`);
    } else if (key === "__proto__") {
      this.#report([...path, key], line, `the key ${quote(key)}`, "another key: this one is reserved");
    }
    return first === undefined && key !== "__proto__";
  }

  #aliased(alias: Alias.Parsed, path: Path, line: number): Located["value"] {
    const anchored = this.#anchors.get(alias.source);
    if (!anchored) {
      this.#report(path, line, `*${alias.source}`, `an anchor &${alias.source} that ends before this line`);
      return null;
    }
    return this.#admit(anchored, path, line) ? anchored.value : null;
  }

  /** Counts values and levels; false from the first one on that is too many or too deep. */
  #admit(extent: Pick<Anchored, "valueCount" | "levels">, path: Path, line: number): boolean {
    if (this.#isTooLarge) return false;
    const level = path.length + extent.levels;
    this.#deepestLevel = Math.max(this.#deepestLevel, level);
    this.#valueCount += extent.valueCount;
    if (level > MAX_DEPTH) {
      this.#isTooLarge = true;
      this.#report([], line, "deeper nesting", `at most ${MAX_DEPTH} levels`);
    } else if (this.#valueCount > MAX_VALUES) {
      this.#isTooLarge = true;
      this.#report([], line, "more values", `at most ${MAX_VALUES} values, those of aliases included`);
    }
    return !this.#isTooLarge;
  }

  #lineOf(node: Node, otherwise: number): number {
    return node?.range ? this.#lines.linePos(node.range[0]).line : otherwise;
  }

  #report(path: Path, line: number, found: string, expected: string): void {
    this.#faults.push({ path: formatPath(path), line, found, expected });
  }
}

/** The text of a key; keys that look like numbers are text too. Null for anything that cannot be one. */
function keyOf(node: Node): string | null {
  if (!isScalar(node)) return null;
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

/** The core schema yields nothing else; the last case is for the compiler. */
function scalarOf(value: unknown): Scalar {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  return String(value);
}
