/**
 * What the errors of the YAML parser mean, in words for people.
 * `read-yaml` asks it. The parser's own messages are not shown: they quote the file, which may hold a password in the wrong place.
 * Invariant: every code of the parser has a sentence; a new code does not compile.
 */
import type { YAMLError } from "yaml";

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

/** What should stand where the parser stumbled. */
export function expectedInstead(error: YAMLError): string {
  return EXPECTED[error.code];
}
