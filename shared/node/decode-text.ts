/**
 * From the bytes of a file to its text, where that is UTF-8. `configuration-file` reads by it.
 * Invariant: nothing is guessed: bytes that are no UTF-8 give a reason for people and no text, since a password with a replaced
 * character is a wrong password. What it looks like is a hint, by the first bytes or by where the file stops being UTF-8.
 */
const LINE_FEED = 0x0a;

/** What editors write before the text, by what they call it. */
const MARKS: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xff, 0xfe], "UTF-16 LE"],
  [[0xfe, 0xff], "UTF-16 BE"],
];

/** The text without the mark that it may begin with. Throws an error whose message completes "file: …". */
export function decodeText(bytes: Uint8Array): string {
  const encoding = findWideEncoding(bytes);
  if (encoding !== undefined) throw new Error(describe(encoding));
  const text = decodeUtf8(bytes);
  if (text !== null) return text;
  throw new Error(`line ${findFaultyLine(bytes)}: ${describe("Latin-1 or Windows-1252")}`);
}

function describe(encoding: string): string {
  return `the file is not UTF-8 but looks like ${encoding}; save it as UTF-8`;
}

/** By its mark, or by the zeros of its ASCII characters, which are no YAML. */
function findWideEncoding(bytes: Uint8Array): string | undefined {
  const marked = MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) return marked[1];
  const zero = bytes.indexOf(0);
  if (zero === -1) return undefined;
  return zero % 2 === 1 ? "UTF-16 LE" : "UTF-16 BE";
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A line feed is never part of a longer character, so every line can be looked at by itself. */
function findFaultyLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(LINE_FEED, start);
    if (end === -1 || decodeUtf8(bytes.subarray(start, end)) === null) return line;
    line += 1;
    start = end + 1;
  }
}
