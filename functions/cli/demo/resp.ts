/**
 * The part of Redis' wire format (RESP2) that imitated-redis.ts needs: commands in, replies out.
 * Pure functions over strings. Invariant: a command is taken only when it has arrived whole.
 */
const END = "\r\n";

/** `$3\r\n` before the text of a bulk string; counted in bytes, as its text is decoded as latin1. */
const BULK_LENGTH = /\$(\d+)\r\n/y;

/**
 * The first command of `input` (name and arguments; none for an empty line) and what follows it; null while it is incomplete.
 * It is an array of bulk strings, as clients send it, or a line of words, as people type it.
 */
export function takeCommand(input: string): { readonly words: readonly string[]; readonly rest: string } | null {
  const lineEnd = input.indexOf(END);
  if (lineEnd === -1) return null;
  const line = input.slice(0, lineEnd);
  let end = lineEnd + END.length;
  if (!line.startsWith("*")) return { words: line.split(" ").filter(Boolean), rest: input.slice(end) };
  const words: string[] = [];
  for (let left = Number(line.slice(1)); left > 0; left -= 1) {
    BULK_LENGTH.lastIndex = end;
    const length = BULK_LENGTH.exec(input)?.[1];
    if (length === undefined) return null;
    const start = BULK_LENGTH.lastIndex;
    const wordEnd = start + Number(length);
    end = wordEnd + END.length;
    if (input.length < end) return null;
    words.push(input.slice(start, wordEnd));
  }
  return { words, rest: input.slice(end) };
}

/** `+OK` and the like. */
export const simple = (text: string): string => `+${text}${END}`;

export const bulk = (text: string): string => `$${text.length}${END}${text}${END}`;

/** The code comes first, in capitals: `ERR`, `NOPERM`. */
export const failure = (text: string): string => `-${text}${END}`;
