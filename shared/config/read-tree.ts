/**
 * Turns the parser's nodes into plain values: aliases followed, keys unique and text, every place noted in the fault log.
 * Used by `parse-config` once per file; `read-scalar` says what becomes of a scalar. Knows no keys of ours.
 * By hand, because the parser's own conversion takes the square of the aliases (20,000 in 100 KB: 58 s, 2026-11), and its limit
 * refuses an anchor that a hundred services share. Invariant: depth and number of values are bounded, whatever aliases do.
 */
import { isAlias, isMap, isScalar, isSeq, type Alias, type LineCounter, type YAMLMap } from "yaml";
import { quote, type FaultLog, type Path, type Scalar } from "./fault.ts";
import type { ReadScalar } from "./read-scalar.ts";
import type { YamlNode } from "./read-yaml.ts";

/** The deepest key of ours is at level 6; the rest is room for JSON assertions. */
const MAX_DEPTH = 32;

/** Forty values for each of 5,000 services; a few nested aliases reach billions. */
const MAX_VALUES = 200_000;

interface Place {
  readonly path: Path;
  readonly line: number;
  /** Where the alias stands that leads here; null for a value in its own place. */
  readonly aliasLine: number | null;
}

export interface TreeOptions {
  readonly lines: LineCounter;
  readonly log: FaultLog;
  readonly readScalar: ReadScalar;
}

export class TreeReader {
  readonly #options: TreeOptions;
  readonly #anchors = new Map<string, YamlNode>();
  /** What each alias leads to; a later anchor of the same name changes nothing about it. */
  readonly #targets = new Map<Alias.Parsed, YamlNode>();
  #valueCount = 0;
  /** Set when the document is too deep or too large: then what was read of it means nothing. */
  isExcessive = false;

  constructor(options: TreeOptions) {
    this.#options = options;
  }

  /** The value of a node; without a place that of the whole document, once. */
  read(node: YamlNode, place: Place = { path: [], line: 1, aliasLine: null }): unknown {
    if (isAlias(node)) return this.#follow(node, place);
    if (!this.#admit(place)) return null;
    const value = this.#readValue(node, place);
    // Only now, so that no alias leads to what contains it.
    if (node?.anchor && place.aliasLine === null) this.#anchors.set(node.anchor, node);
    return value;
  }

  #readValue(node: YamlNode, place: Place): unknown {
    const { path, line } = place;
    const { log, readScalar } = this.#options;
    if (!isMap(node) && !isSeq(node)) {
      return readScalar(isScalar(node) ? (node.value as Scalar) : null, path, line); // the core schema yields no others
    }
    log.note(path, line, isMap(node) ? "a map" : "a list");
    if (isMap(node)) return this.#readMap(node, place);
    return node.items.map((item, index) => this.read(item, this.#findPlace(item, index, place)));
  }

  #readMap(map: YAMLMap.Parsed, place: Place): unknown {
    const entries = new Map<string, unknown>();
    const firstLines = new Map<string, number>();
    for (const { key: keyNode, value } of map.items) {
      const key = readKey(keyNode);
      const entry = this.#findPlace(keyNode, key ?? "", place);
      const found = `the key ${quote(key)}`;
      const firstLine = firstLines.get(key ?? "");
      if (key === null) {
        this.#report({ ...entry, path: place.path }, "a key that is not text", "a key that is text");
      } else if (firstLine !== undefined) {
        this.#report(entry, `${found} again`, `each key once (first on line ${firstLine})`);
      } else if (key === "__proto__") {
        this.#report(entry, found, "another key: this one is reserved");
      } else {
        firstLines.set(key, entry.line);
        entries.set(key, this.read(value, entry));
      }
    }
    return Object.fromEntries(entries);
  }

  #follow(alias: Alias.Parsed, place: Place): unknown {
    const { path, line, aliasLine } = place;
    const { source } = alias;
    const target = this.#targets.get(alias) ?? this.#anchors.get(source);
    if (target) {
      this.#targets.set(alias, target);
      return this.read(target, { path, line, aliasLine: aliasLine ?? line });
    }
    this.#report(place, `*${source}`, `an anchor &${source} that ends before this line`);
    return this.#options.readScalar(null, path, line);
  }

  /** Counts values; false from the first one on that is too many or too deep. */
  #admit({ path, line, aliasLine }: Place): boolean {
    this.#valueCount += 1;
    const isTooDeep = path.length > MAX_DEPTH;
    if (this.isExcessive || (!isTooDeep && this.#valueCount <= MAX_VALUES)) return !this.isExcessive;
    this.isExcessive = true;
    const [found, expected] = isTooDeep
      ? ["deeper nesting", `at most ${MAX_DEPTH} levels`]
      : ["more values", `at most ${MAX_VALUES} values, those of aliases included`];
    this.#options.log.add([], expected, { line: aliasLine ?? line, found });
    return false;
  }

  /** The place of a child; one without text of its own (an empty list element) is where its parent is. */
  #findPlace(child: YamlNode, step: string | number, { path, line, aliasLine }: Place): Place {
    const ownLine = child?.range ? this.#options.lines.linePos(child.range[0]).line : line;
    return { path: [...path, step], line: ownLine, aliasLine };
  }

  /** Once, however many aliases lead to it. */
  #report({ path, line, aliasLine }: Place, found: string, expected: string): void {
    if (aliasLine === null) this.#options.log.add(path, expected, { line, found });
  }
}

/** The text of a key as written; keys that look like numbers are text too. Null for anything that cannot be one. */
function readKey(node: YamlNode): string | null {
  if (!isScalar(node)) return null;
  return typeof node.value === "string" ? node.value : (node.source ?? "");
}
