/**
 * How the load client of the benchmark tells where an answer ends, whatever the chunks it comes in.
 */
import { describe, expect, it } from "vitest";
import { ResponseReader } from "../../../scripts/bench/response-reader.ts";

const response = (body: string, date = "Tue"): Buffer =>
  Buffer.from(`HTTP/1.1 200 OK\r\nDate: ${date}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

/** What `read` says to each chunk. */
const readAll = (reader: ResponseReader, chunks: readonly Buffer[]): boolean[] =>
  chunks.map((chunk) => reader.read(chunk));

describe("ResponseReader", () => {
  it("counts an answer that comes in one piece", () => {
    expect(new ResponseReader().read(response("hello"))).toBe(true);
  });

  it("counts answers whose head is the same, and those whose head has changed", () => {
    const reader = new ResponseReader();
    const chunks = [response("hello"), response("world"), response("longer body"), response("x", "Wed")];
    expect(readAll(reader, chunks)).toEqual([true, true, true, true]);
  });

  it("counts an answer only with its last byte, wherever it was cut", () => {
    const whole = response("hello");
    for (let cut = 1; cut < whole.length; cut += 1) {
      const reader = new ResponseReader();
      const chunks = [whole.subarray(0, cut), whole.subarray(cut)];
      expect(readAll(reader, [...chunks, ...chunks]), `cut at ${cut}`).toEqual([false, true, false, true]);
    }
  });

  it("puts an answer together that comes byte by byte", () => {
    const whole = response("hello");
    const said = readAll(
      new ResponseReader(),
      Array.from(whole, (_, index) => whole.subarray(index, index + 1)),
    );
    expect(said.indexOf(true)).toBe(whole.length - 1);
  });

  it("does not keep a chunk that begins an answer, as its memory is used again", () => {
    const reader = new ResponseReader();
    const whole = response("hello");
    const memory = Buffer.from(whole.subarray(0, 20));
    reader.read(memory);
    memory.fill(0);
    expect(reader.read(whole.subarray(20))).toBe(true);
  });

  it("does not keep a head either, but notices that the next one differs", () => {
    const reader = new ResponseReader();
    const memory = Buffer.alloc(1_000);
    const receive = (whole: Buffer): boolean => reader.read(memory.subarray(0, whole.copy(memory)));
    expect(receive(response("hello"))).toBe(true);
    expect(receive(response("goodbye"))).toBe(true);
  });

  it("refuses another status than 200", () => {
    const refused = Buffer.from("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
    expect(() => new ResponseReader().read(refused)).toThrow("not a 200");
  });

  it("refuses an answer without content-length", () => {
    const chunked = Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    expect(() => new ResponseReader().read(chunked)).toThrow("content-length");
  });

  it("refuses bytes beyond the announced length", () => {
    expect(() => new ResponseReader().read(Buffer.concat([response("hello"), Buffer.from("!")]))).toThrow("more bytes");
  });
});
