/**
 * Turns the parser's nodes into plain values: aliases followed, maps merged (`<<`), keys unique and text, every place noted in the
 * fault log.
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
  /** How deep the reader is: the steps of the path, and the maps that were merged on the way. */
  readonly depth: number;
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
  read(node: YamlNode, place: Place = { path: [], depth: 0, line: 1, aliasLine: null }): unknown {
    if (isAlias(node)) return this.#follow(node, place);
    if (!this.#admit(place)) return null;
    const value = this.#readValue(node, place);
    this.#keepAnchor(node, place);
    return value;
  }

  #readValue(node: YamlNode, place: Place): unknown {
    const { path, line } = place;
    const { log, readScalar } = this.#options;
    if (!isMap(node) && !isSeq(node)) {
      return readScalar(isScalar(node) ? (node.value as Scalar) : null, path, line); // the core schema yields no others
    }
    log.note(path, line, isMap(node) ? "a map" : "a list");
    if (isMap(node)) return Object.fromEntries(this.#readMap(node, place, new Map()));
    return node.items.map((item, index) => this.read(item, this.#findPlace(item, index, place)));
  }

  /** Adds the keys of a map, then those that it merges; one that is there already stays what it is. */
  #readMap(map: YAMLMap.Parsed, place: Place, entries: Map<string, unknown>): Map<string, unknown> {
    const firstLines = new Map<string, number>();
    const merged: [YamlNode, Place][] = [];
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
        if (isMergeKey(keyNode)) merged.push([value, entry]);
        else if (!entries.has(key)) entries.set(key, this.read(value, entry));
      }
    }
    for (const [source, entry] of merged) this.#merge(source, entry, { path: place.path, entries });
    return entries;
  }

  /** What stands after `<<`: a map, or a list of maps of which the first that has a key decides. `place` is its own. */
  #merge(source: YamlNode, place: Place, into: { readonly path: Path; readonly entries: Map<string, unknown> }): void {
    if (!this.#admit(place)) return;
    if (isAlias(source)) {
      const target = this.#findTarget(source, place);
      if (target) this.#merge(target, behindAlias(place), into);
    } else if (isMap(source)) {
      this.#readMap(source, { ...place, path: into.path }, into.entries);
      this.#keepAnchor(source, place);
    } else if (isSeq(source)) {
      source.items.forEach((item, index) => this.#merge(item, this.#findPlace(item, index, place), into));
      this.#keepAnchor(source, place);
    } else {
      this.#report(place, "a value", "a map whose keys are meant here, too, as in <<: *name");
    }
  }

  #follow(alias: Alias.Parsed, place: Place): unknown {
    const target = this.#findTarget(alias, place);
    return target ? this.read(target, behindAlias(place)) : this.#options.readScalar(null, place.path, place.line);
  }

  #findTarget(alias: Alias.Parsed, place: Place): YamlNode {
    const { source } = alias;
    const target = this.#targets.get(alias) ?? this.#anchors.get(source) ?? null;
    if (target) this.#targets.set(alias, target);
    else this.#report(place, `*${source}`, `an anchor &${source} that ends before this line`);
    return target;
  }

  /** Called when a node has been read, so that no alias leads to what contains it. */
  #keepAnchor(node: YamlNode, { aliasLine }: Place): void {
    if (node?.anchor && aliasLine === null) this.#anchors.set(node.anchor, node);
  }

  /** Counts values; false from the first one on that is too many or too deep. */
  #admit({ depth, line, aliasLine }: Place): boolean {
    this.#valueCount += 1;
    const isTooDeep = depth > MAX_DEPTH;
    if (this.isExcessive || (!isTooDeep && this.#valueCount <= MAX_VALUES)) return !this.isExcessive;
    this.isExcessive = true;
    const [found, expected] = isTooDeep
      ? ["deeper nesting", `at most ${MAX_DEPTH} levels`]
      : ["more values", `at most ${MAX_VALUES} values, those of aliases included`];
    this.#options.log.add([], expected, { line: aliasLine ?? line, found });
    return false;
  }

  /** The place of a child; one without text of its own (an empty list element) is where its parent is. */
  #findPlace(child: YamlNode, step: string | number, { path, depth, line, aliasLine }: Place): Place {
    const ownLine = child?.range ? this.#options.lines.linePos(child.range[0]).line : line;
    return { path: [...path, step], depth: depth + 1, line: ownLine, aliasLine };
  }

  /** Once, however many aliases lead to it. */
  #report({ path, line, aliasLine }: Place, found: string, expected: string): void {
    if (aliasLine === null) this.#options.log.add(path, expected, { line, found });
  }
}

function behindAlias(place: Place): Place {
  return { ...place, aliasLine: place.aliasLine ?? place.line };
}

/** `<<` merges; in quotes it is a key like any other. */
function isMergeKey(key: YamlNode): boolean {
  return isScalar(key) && key.value === "<<" && key.type === "PLAIN";
}

/** The text of a key as written; keys that look like numbers are text too. Null for anything that cannot be one. */
function readKey(node: YamlNode): string | null {
  if (!isScalar(node)) return null;
  return typeof node.value === "string" ? node.value : (node.source ?? "");
}
