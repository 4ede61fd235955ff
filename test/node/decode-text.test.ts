/** Files that are not UTF-8, as editors of other systems write them: named, and never half read. */
import { describe, expect, it } from "vitest";
import { decodeText } from "../../shared/node/decode-text.ts";

const TEXT = "node: küche\nservices: {}\n";

const swapBytes = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

describe("decodeText", () => {
  it.each([
    ["as it is", Buffer.from(TEXT), TEXT],
    ["without the mark that it begins with", Buffer.from(`\ufeff${TEXT}`), TEXT],
    ["with the line ends that it has", Buffer.from("a: 1\r\nb: 2\r\n"), "a: 1\r\nb: 2\r\n"],
    ["with any character", Buffer.from("日本 🦜 \u202e"), "日本 🦜 \u202e"],
    ["when it is empty", Buffer.alloc(0), ""],
  ])("reads UTF-8 %s", (_, bytes, text) => {
    expect(decodeText(bytes)).toBe(text);
  });

  it.each([
    ["UTF-16 LE with a mark", utf16(`\ufeff${TEXT}`), "looks like UTF-16 LE"],
    ["UTF-16 BE with a mark", swapBytes(utf16(`\ufeff${TEXT}`)), "looks like UTF-16 BE"],
    ["UTF-16 LE without a mark", utf16(TEXT), "looks like UTF-16 LE"],
    ["UTF-16 BE without a mark", swapBytes(utf16(TEXT)), "looks like UTF-16 BE"],
    ["Latin-1", Buffer.from(TEXT, "latin1"), "line 1: the file is not UTF-8 but looks like Latin-1"],
    ["Windows-1252 on its last line", Buffer.from([0x61, 0x0a, 0x0a, 0x80]), "line 3: the file is not UTF-8"],
    ["UTF-8 that was cut within a character", Buffer.from("a\nü").subarray(0, 3), "line 2: the file is not UTF-8"],
  ])("names %s", (_, bytes, reason) => {
    expect(() => decodeText(bytes)).toThrow(reason);
    expect(() => decodeText(bytes)).toThrow("save it as UTF-8");
  });
});
