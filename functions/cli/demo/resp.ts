/**
 * The part of Redis' wire format (RESP2) that imitated-redis.ts needs: commands in, replies out.
 * Pure functions over strings. Invariant: a command is taken only when it has arrived whole.
 */

/** The first command of `input` and what follows it; null while it is incomplete. */
export interface TakenCommand {
  /** Name and arguments; empty for an empty line. */
  readonly words: readonly string[];
  readonly rest: string;
}

const END = "\r\n";

/** Takes one command: an array of bulk strings, as clients send it, or a line of words, as people type it. */
export function takeCommand(input: string): TakenCommand | null {
  const head = takeLine(input);
  if (!head) return null;
  if (!head.line.startsWith("*")) return { words: head.line.split(" ").filter(Boolean), rest: head.rest };
  const words: string[] = [];
  let { rest } = head;
  for (let left = Number(head.line.slice(1)); left > 0; left -= 1) {
    const bulk = takeBulk(rest);
    if (!bulk) return null;
    words.push(bulk.line);
    ({ rest } = bulk);
  }
  return { words, rest };
}

/** `+OK` and the like. */
export const simple = (text: string): string => `+${text}${END}`;

export const bulk = (text: string): string => `$${text.length}${END}${text}${END}`;

/** The code comes first, in capitals: `ERR`, `NOPERM`. */
export const failure = (text: string): string => `-${text}${END}`;

function takeLine(input: string): { line: string; rest: string } | null {
  const end = input.indexOf(END);
  return end === -1 ? null : { line: input.slice(0, end), rest: input.slice(end + END.length) };
}

/** `$3\r\nGET\r\n`, counted in bytes: the caller decodes as latin1. */
function takeBulk(input: string): { line: string; rest: string } | null {
  const head = takeLine(input);
  if (!head) return null;
  const length = Number(head.line.slice(1));
  if (head.rest.length < length + END.length) return null;
  return { line: head.rest.slice(0, length), rest: head.rest.slice(length + END.length) };
}
