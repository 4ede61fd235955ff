/**
 * From the text of a configuration file to a tree of located values. JSON is YAML, hence accepted too.
 * Called by `parse-config`; calls the YAML parser and `tree-builder`. Knows no keys: it refuses what no configuration could mean.
 * Invariant: nothing is guessed. A text that is not exactly one valid document gives faults and no tree.
 */
import { LineCounter, parseDocument, type YAMLError } from "yaml";
import { byLine, type Fault } from "./fault.ts";
import type { Located } from "./located.ts";
import { TreeBuilder } from "./tree-builder.ts";
import { expectedInsteadOf } from "./yaml-faults.ts";

/** 5,000 services with all common keys take 0.8 million; the parser needs up to 3 s for a hostile million (2026-11, 2 cores). */
const MAX_CHARACTERS = 1_000_000;

export interface YamlReading {
  /** Null when the text cannot be trusted to mean anything. */
  readonly root: Located | null;
  readonly faults: readonly Fault[];
}

/** Reads one document. Faults beside a tree (a key that is given twice) leave the rest of the file worth checking. */
export function readYaml(text: string): YamlReading {
  if (text.length > MAX_CHARACTERS) {
    return { root: null, faults: [{ path: "", found: `${text.length} characters`, expected: "at most 1 MB" }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: "core", // also under a `%YAML 1.1` line, which would turn `no` into false and dates into objects
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: false, // compares every pair of keys; the tree builder finds duplicates in linear time
    prettyErrors: false, // quotes the file into messages that nobody reads
    logLevel: "error", // "silent" also hides that there is a second document
  });
  const stumbles = [...document.errors, ...document.warnings];
  if (stumbles.length > 0) return { root: null, faults: syntaxFaults(stumbles, lines) };
  return new TreeBuilder(lines).build(document.contents);
}

/** One fault per line: after the first, the parser mostly stumbles over the consequences. */
function syntaxFaults(stumbles: readonly YAMLError[], lines: LineCounter): Fault[] {
  const firstOfLine = new Map<number, Fault>();
  for (const stumble of stumbles) {
    const { line } = lines.linePos(stumble.pos[0]);
    const fault = { path: "", line, found: "invalid YAML", expected: expectedInsteadOf(stumble) };
    if (!firstOfLine.has(line)) firstOfLine.set(line, fault);
  }
  return [...firstOfLine.values()].sort(byLine);
}
