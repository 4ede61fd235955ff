/**
 * How the fuzzer, the load client and the tests take answers out of a connection, whatever the chunks they come in.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseParser, type Answer } from "../../scripts/response-parser.ts";

const response = (body: string, date = "Tue"): string =>
  `HTTP/1.1 200 OK\r\nDate: ${date}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
const EMPTY = "HTTP/1.1 204 No Content\r\n\r\n";
const INTERIM = "HTTP/1.1 100 Continue\r\n\r\n";

/** All answers, fed in the given chunks. */
function parsed(chunks: readonly string[]): Answer[] {
  const parser = new ResponseParser();
  const answers: Answer[] = [];
  for (const text of chunks) {
    parser.add(Buffer.from(text, "latin1"));
    for (let answer; (answer = parser.next());) answers.push(answer);
  }
  expect(parser.hasRest).toBe(false);
  return answers;
}

const bodies = (chunks: readonly string[]): string[] => parsed(chunks).map(({ body }) => body.toString());

describe("ResponseParser", () => {
  it("takes answers by their length, whose head is the same or has changed", () => {
    const texts = [response("hello"), response("world"), response("longer body"), response("x", "Wed")];
    expect(bodies(texts)).toEqual(["hello", "world", "longer body", "x"]);
    expect(bodies([texts.join("")])).toEqual(["hello", "world", "longer body", "x"]);
  });

  it("finds the same answers wherever their bytes were cut", () => {
    const whole = [response("hello"), CHUNKED, INTERIM, response("hello"), EMPTY, response("hello")].join("");
    const expected = parsed([whole]);
    expect(expected.map(({ status, body, interim }) => [status, body.toString(), interim])).toEqual([
      [200, "hello", []],
      [200, "abc0123456789", []],
      [200, "hello", [100]],
      [204, "", []],
      [200, "hello", []],
    ]);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: whole.length - 1 }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (places) => {
        const edges = [0, ...places.toSorted((left, right) => left - right), whole.length];
        const chunks = edges.slice(1).map((edge, index) => whole.slice(edges[index], edge));
        expect(parsed(chunks)).toEqual(expected);
      }),
    );
  });

  it("gives an answer away only with its last byte", () => {
    for (const whole of [response("hello"), CHUNKED]) {
      const parser = new ResponseParser();
      const said = Array.from(whole, (byte) => {
        parser.add(Buffer.from(byte));
        return parser.next() !== null;
      });
      expect(said.indexOf(true)).toBe(whole.length - 1);
    }
  });

  it("joins what is repeated, under names in lower case", () => {
    const [answer] = parsed(["HTTP/1.1 204 No Content\r\nVary: a\r\nX-One:  1 \r\nvary: b\r\n\r\n"]);
    expect(Object.fromEntries(answer?.headers ?? [])).toEqual({ vary: "a, b", "x-one": "1" });
  });

  it("awaits no body of an answer to HEAD", () => {
    const parser = new ResponseParser();
    parser.add(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
    expect(parser.next({ isToHead: true })).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    parser.add(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
    expect(parser.next()).toBeNull();
  });

  it("takes an answer without a length as complete when the connection has ended, and not before", () => {
    const parser = new ResponseParser();
    parser.add(Buffer.from("HTTP/1.1 200 OK\r\n\r\nall of it"));
    expect(parser.next()).toBeNull();
    expect(parser.next({ hasEnded: true })?.body.toString()).toBe("all of it");
    expect(parser.next({ hasEnded: true })).toBeNull();
  });

  it("tells of bytes that no answer has taken", () => {
    const parser = new ResponseParser();
    parser.add(Buffer.from(`${response("hello")}!`));
    expect(parser.next()?.body.toString()).toBe("hello");
    expect(parser.hasRest).toBe(true);
  });

  it.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "status line"],
    ["a line that is no header", "HTTP/1.1 200 OK\r\nno header\r\n\r\n", "header line"],
    ["a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello", "content-length"],
    [
      "two framings",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "ambiguous framing",
    ],
    ["a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk size"],
  ])("refuses %s", (_, text, complaint) => {
    const parser = new ResponseParser();
    parser.add(Buffer.from(text));
    expect(() => parser.next()).toThrow(complaint);
  });
});
