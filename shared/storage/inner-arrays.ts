/**
 * Finds arrays within the text of a JSON array without parsing all of it.
 * Called by packed-check.ts. Invariant: only direct members are found; what merely looks like one, within a string or deeper, is not.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]); // [ {
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * The texts of those members that begin with `prefix`, in their order. Throws when the text is cut off or no array; other damage
 * outside of them may go unnoticed.
 * @example innerArrays('[["a",1],["b",[2]],["a",3]]', '["a",') // ['["a",1]', '["a",3]']
 */
export function innerArrays(json: string, prefix: string): string[] {
  if (!json.startsWith("[")) throw new Error("not a list");
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  let at = 0;
  do {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (OPENING.has(code)) {
      if (depth === 1) start = at;
      depth += 1;
    } else if (CLOSING.has(code)) {
      depth -= 1;
      if (depth === 1 && json.startsWith(prefix, start)) found.push(json.slice(start, at + 1));
    }
    at += 1;
  } while (depth > 0 && at < json.length);
  if (depth > 0 || at < json.length) throw new Error("a list that is cut off");
  return found;
}

/** Where the string ends that begins there: at its closing quote. */
function endOfString(json: string, start: number): number {
  let end = start;
  do {
    end = json.indexOf('"', end + 1);
    if (end < 0) throw new Error("a text that is cut off");
  } while (isEscaped(json, end));
  return end;
}

function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === BACKSLASH) before -= 1;
  return (at - before) % 2 === 0;
}
