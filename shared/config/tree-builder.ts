/**
 * Turns the parser's nodes into the tree of located values: anchors resolved, keys unique and text.
 * Used by `read-yaml` once per file. Knows no keys of ours.
 * Invariant: nesting and the expansion of aliases are bounded, so nobody behind it can be made to walk without end.
 */
import { isAlias, isMap, isScalar, isSeq, type Alias, type LineCounter, type ParsedNode, type YAMLMap } from "yaml";
import { formatPath, quote, type Fault } from "./fault.ts";
import type { Located, Path, Scalar } from "./located.ts";

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

interface Place {
  readonly path: Path;
  readonly line: number;
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
    const root = this.#locatedOf(contents, { path: [], line: 1 });
    return { root: this.#isTooLarge ? null : root, faults: this.#faults };
  }

  #locatedOf(node: Node, place: Place): Located {
    const { path, line } = place;
    if (!this.#admit({ valueCount: 1, levels: 0 }, place)) return { line, value: null };
    const countBefore = this.#valueCount;
    const deepestBefore = this.#deepestLevel;
    this.#deepestLevel = path.length;
    const value = this.#valueOf(node, place);
    if (node !== null && !isAlias(node) && node.anchor) {
      const valueCount = this.#valueCount - countBefore;
      this.#anchors.set(node.anchor, { value, valueCount, levels: this.#deepestLevel - path.length });
    }
    this.#deepestLevel = Math.max(this.#deepestLevel, deepestBefore);
    return { line, value };
  }

  #valueOf(node: Node, place: Place): Located["value"] {
    if (isAlias(node)) return this.#aliased(node, place);
    if (isMap(node)) return this.#mapOf(node, place);
    if (isSeq(node)) return node.items.map((item, index) => this.#locatedOf(item, this.#placeOf(item, index, place)));
    return isScalar(node) ? scalarOf(node.value) : null;
  }

  #mapOf(map: YAMLMap.Parsed, place: Place): Located["value"] {
    const entries = new Map<string, Located>();
    for (const { key: keyNode, value } of map.items) {
      const key = keyOf(keyNode);
      const { path, line } = this.#placeOf(keyNode, key ?? "", place);
      if (key === null) {
        this.#report({ path: place.path, line }, "a key that is not text", "a key that is text");
      } else if (this.#isNewKey(key, entries.get(key), { path, line })) {
        entries.set(key, this.#locatedOf(value, { path, line }));
      }
    }
    return entries;
  }

  #isNewKey(key: string, first: Located | undefined, place: Place): boolean {
    if (first) {
      this.#report(place, `the key ${quote(key)} again`, `each key once (first on line ${first.line})`);
    } else if (key === "__proto__") {
      this.#report(place, `the key ${quote(key)}`, "another key: this one is reserved");
    }
    return !first && key !== "__proto__";
  }

  #aliased({ source }: Alias.Parsed, place: Place): Located["value"] {
    const anchored = this.#anchors.get(source);
    if (!anchored) {
      this.#report(place, `*${source}`, `an anchor &${source} that ends before this line`);
      return null;
    }
    return this.#admit(anchored, place) ? anchored.value : null;
  }

  /** Counts values and levels; false from the first one on that is too many or too deep. */
  #admit({ valueCount, levels }: Pick<Anchored, "valueCount" | "levels">, { path, line }: Place): boolean {
    if (this.#isTooLarge) return false;
    const level = path.length + levels;
    this.#deepestLevel = Math.max(this.#deepestLevel, level);
    this.#valueCount += valueCount;
    const wholeFile = { path: [], line };
    if (level > MAX_DEPTH) {
      this.#isTooLarge = true;
      this.#report(wholeFile, "deeper nesting", `at most ${MAX_DEPTH} levels`);
    } else if (this.#valueCount > MAX_VALUES) {
      this.#isTooLarge = true;
      this.#report(wholeFile, "more values", `at most ${MAX_VALUES} values, those of aliases included`);
    }
    return !this.#isTooLarge;
  }

  /** The place of a child; one without text of its own (an empty list element) is where its parent is. */
  #placeOf(child: Node, step: string | number, { path, line }: Place): Place {
    const ownLine = child?.range ? this.#lines.linePos(child.range[0]).line : line;
    return { path: [...path, step], line: ownLine };
  }

  #report({ path, line }: Place, found: string, expected: string): void {
    this.#faults.push({ path: formatPath(path), line, found, expected });
  }
}

/** The text of a key as written; keys that look like numbers are text too. Null for anything that cannot be one. */
function keyOf(node: Node): string | null {
  if (!isScalar(node)) return null;
  return typeof node.value === "string" ? node.value : (node.source ?? "");
}

/** The core schema yields no other scalars than these. */
function scalarOf(value: unknown): Scalar {
  const isKnown = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isKnown ? value : null;
}
