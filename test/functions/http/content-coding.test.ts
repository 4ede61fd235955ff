/** Whether a client takes gzip, by what it says. */
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { acceptsGzip, gunzip } from "../../../functions/http/content-coding.ts";

it.each<[string | null, boolean]>([
  [null, false],
  ["", false],
  ["gzip", true],
  ["GZIP", true],
  ["x-gzip", true],
  ["gzip, deflate, br, zstd", true],
  ["br;q=1.0, gzip ; q=0.5", true],
  ["br, gzip;q=0", false],
  ["*", true],
  ["*;q=0.1, gzip;q=0", false],
  ["gzip;q=much", false],
  ["br", false],
  ["notgzip", false],
])("%s: %s", (accepted, takes) => {
  expect(acceptsGzip(accepted)).toBe(takes);
});

it("unpacks what was packed", async () => {
  const bytes = await gunzip(Uint8Array.from(gzipSync("a text with ä")));
  expect(new TextDecoder().decode(bytes)).toBe("a text with ä");
});
