/**
 * From the text of a configuration file to the parser's nodes. JSON is YAML, hence accepted too.
 * Called by `parse-config`, which hands the nodes to `read-tree`. Knows no keys: it refuses what no configuration could mean.
 * Invariants: nothing is guessed: a text that is not exactly one valid document gives faults and no nodes. The parser's own messages
 * are not shown: they quote the file, which may hold a password in the wrong place.
 */
import { isScalar, LineCounter, parseDocument, visit, type ParsedNode, type YAMLError } from "yaml";
import { byLine, type Fault } from "./fault.ts";

/** 5,000 services with all common keys take 0.8 million; the parser needs up to 5 s for a hostile million (2026-11, 2 cores). */
const MAX_CHARACTERS = 1_000_000;

/** Null where the file says nothing, as after `key:`. */
export type YamlNode = ParsedNode | null;

export type YamlReading =
  | { readonly ok: true; readonly contents: YamlNode; readonly lines: LineCounter }
  | { readonly ok: false; readonly faults: readonly Fault[] };

export function readYaml(text: string): YamlReading {
  if (text.length > MAX_CHARACTERS) {
    return { ok: false, faults: [{ path: "", found: `${text.length} characters`, expected: "at most 1 MB" }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    schema: "core", // also under a `%YAML 1.1` line, which would turn `no` into false and dates into objects
    resolveKnownTags: false,
    merge: false, // `read-tree` does it, and counts what comes of it
    uniqueKeys: false, // compares every pair of keys: 270 s for a hostile file (2026-11); `read-tree` does it in linear time
    prettyErrors: false, // quotes the file into messages that nobody reads
    logLevel: "error", // "silent" also hides that there is a second document
  });
  const { contents } = document;
  const stumbles = [...document.errors, ...document.warnings];
  if (stumbles.length === 0) return { ok: true, contents, lines };
  return { ok: false, faults: findFaults(stumbles, findOpenings(contents), lines) };
}

/**
 * Where quotes and brackets open, by where the parser lets them end: there it stumbles over what is not closed, which is at the end
 * of the file at worst, or over what follows when a quote is closed by the next one.
 */
function findOpenings(contents: YamlNode): ReadonlyMap<number, number> {
  const openings = new Map<number, number>();
  visit(contents, {
    Value(_, node) {
      const isEnclosed = isScalar(node) ? node.type?.startsWith("QUOTE") : node.flow;
      if (isEnclosed && node.range) openings.set(node.range[1], node.range[0]); // the innermost last
    },
  });
  return openings;
}

/** One fault per line: after the first, the parser mostly stumbles over the consequences. */
function findFaults(
  stumbles: readonly YAMLError[],
  openings: ReadonlyMap<number, number>,
  lines: LineCounter,
): Fault[] {
  const firstOfLine = new Map<number, Fault>();
  for (const stumble of stumbles) {
    const [offset] = stumble.pos;
    const { line } = lines.linePos(openings.get(offset) ?? offset);
    const fault = { path: "", line, found: "invalid YAML", expected: EXPECTED[stumble.code] };
    if (!firstOfLine.has(line)) firstOfLine.set(line, fault);
  }
  return [...firstOfLine.values()].sort(byLine);
}

/** What should stand where the parser stumbled. A new code of the parser does not compile. */
const EXPECTED = {
  ALIAS_PROPS: "an alias without a tag or anchor of its own",
  BAD_ALIAS: "an alias that names an anchor",
  BAD_COLLECTION_TYPE: "a map or list that matches its tag",
  BAD_DIRECTIVE: "no such line starting with %",
  BAD_DQ_ESCAPE: "a valid escape after the backslash; in 'single quotes' backslashes are ordinary",
  BAD_INDENT: "an indentation that matches the lines around it, and brackets that are closed",
  BAD_PROP_ORDER: "anchors and tags before the value",
  BAD_SCALAR_START: "quotes around a value that starts with this character",
  BLOCK_AS_IMPLICIT_KEY: "one key on a line, and quotes around a value that contains a colon and a space",
  BLOCK_IN_FLOW: "no indented block within brackets",
  DUPLICATE_KEY: "each key once",
  IMPOSSIBLE: "valid YAML",
  KEY_OVER_1024_CHARS: "a key of at most 1024 characters",
  MISSING_CHAR: "the character that closes or separates this: a quote, bracket, comma, colon or space",
  MULTILINE_IMPLICIT_KEY: "a key on one line, followed by a colon",
  MULTIPLE_ANCHORS: "one anchor",
  MULTIPLE_DOCS: "one document, without a second ---",
  MULTIPLE_TAGS: "one tag",
  NON_STRING_KEY: "a key that is text",
  RESOURCE_EXHAUSTION: "less nesting",
  TAB_AS_INDENT: "spaces, not tabs, as indentation",
  TAG_RESOLVE_FAILED: "a plain value without a tag",
  UNEXPECTED_TOKEN: "no such character here; check quotes, colons and indentation",
} as const satisfies Record<YAMLError["code"], string>;
