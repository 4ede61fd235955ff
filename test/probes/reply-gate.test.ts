import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReplyGate } from "../../shared/probes/reply-gate.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Whether each chunk is let through; a command is asked before those that `asked` names by their index. */
function admit(chunks: readonly string[], asked: readonly number[] = [0]): boolean[] {
  const gate = new ReplyGate();
  return chunks.map((chunk, index) => {
    if (asked.includes(index)) gate.expect();
    return gate.admits(bytes(chunk));
  });
}

const REPLIES = [
  "+PONG\r\n",
  "-ERR no\r\n",
  ":12\r\n",
  "$-1\r\n",
  "$0\r\n\r\n",
  "$5\r\nhe\r\no\r\n",
  "$9\r\nrole:+OK\n\r\n",
];

describe("the gate for replies of a Redis", () => {
  it.each(REPLIES)("lets %j through once, and nothing behind it", (reply) => {
    expect(admit([reply])).toEqual([true]);
    expect(admit([`${reply}+`])).toEqual([false]);
    expect(admit([reply, "+"])).toEqual([true, false]);
    expect(admit([reply, reply], [0, 1])).toEqual([true, true]);
    expect(admit([reply, reply, reply], [0, 2])).toEqual([true, false, false]);
  });

  it("lets nothing through before anything was asked", () => {
    expect(admit(["+PONG\r\n"], [])).toEqual([false]);
  });

  it.each([
    ["an array", "*1\r\n"],
    ["a type of RESP3", "_\r\n"],
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n"],
    ["a line without end", "+".repeat(5_000)],
    ["a bulk string that is too long", "$262145\r\n"],
    ["a length that is none", "$1e3\r\n"],
    ["a negative length", "$-2\r\n"],
    ["a blank line", "\r\n"],
  ])("stops at %s", (_what, text) => {
    expect(admit([text])).toEqual([false]);
  });

  it("sees the same in whatever pieces a reply comes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...REPLIES),
        fc.array(fc.nat({ max: 20 })),
        fc.constantFrom("", "+", "\n"),
        (reply, cuts, more) => {
          const text = reply + more;
          const ends = [...new Set([...cuts.filter((cut) => cut < text.length), text.length])].toSorted(
            (a, b) => a - b,
          );
          const pieces = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
          expect(admit(pieces).every(Boolean)).toBe(more === "");
        },
      ),
    );
  });
});
