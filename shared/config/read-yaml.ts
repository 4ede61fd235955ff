/**
 * From the text of a configuration file to the parser's nodes. JSON is YAML, hence accepted too.
 * Called by `parse-config`, which hands the nodes to `read-tree`. Knows no keys: it refuses what no configuration could mean.
 * Invariant: nothing is guessed. A text that is not exactly one valid document gives faults and no nodes.
 */
import { LineCounter, parseDocument, type ParsedNode, type YAMLError } from "yaml";
import { byLine, type Fault } from "./fault.ts";
import { expectedInstead } from "./yaml-faults.ts";

/** 5,000 services with all common keys take 0.8 million; the parser needs up to 5 s for a hostile million (2026-11, 2 cores). */
const MAX_CHARACTERS = 1_000_000;

/** Null where the file says nothing, as after `key:`. */
export type YamlNode = ParsedNode | null;

export type YamlReading =
  | { readonly ok: true; readonly contents: YamlNode; readonly lines: LineCounter }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads one document. */
export function readYaml(text: string): YamlReading {
  if (text.length > MAX_CHARACTERS) {
    return { ok: false, faults: [{ path: "", found: `${text.length} characters`, expected: "at most 1 MB" }] };
  }
  const lines = new LineCounter();
  const { errors, warnings, contents } = parseDocument(text, {
    lineCounter: lines,
    schema: "core", // also under a `%YAML 1.1` line, which would turn `no` into false and dates into objects
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: false, // compares every pair of keys: 270 s for a hostile file (2026-11); `read-tree` does it in linear time
    prettyErrors: false, // quotes the file into messages that nobody reads
    logLevel: "error", // "silent" also hides that there is a second document
  });
  const stumbles = [...errors, ...warnings];
  return stumbles.length === 0 ? { ok: true, contents, lines } : { ok: false, faults: findFaults(stumbles, lines) };
}

/** One fault per line: after the first, the parser mostly stumbles over the consequences. */
function findFaults(stumbles: readonly YAMLError[], lines: LineCounter): Fault[] {
  const firstOfLine = new Map<number, Fault>();
  for (const stumble of stumbles) {
    const { line } = lines.linePos(stumble.pos[0]);
    const fault = { path: "", line, found: "invalid YAML", expected: expectedInstead(stumble) };
    if (!firstOfLine.has(line)) firstOfLine.set(line, fault);
  }
  return [...firstOfLine.values()].sort(byLine);
}
