import fc from "fast-check";
import { expect, it } from "vitest";
import { isPlainLine } from "../../../shared/domain/alerting/quiet-draft.ts";
import { cleanText } from "../../../shared/domain/text/clean-text.ts";

const CHARACTERS = [
  " ",
  "\u00a0",
  "\u3000",
  "a",
  "\n",
  "\u0000",
  "\u0085",
  "\u200f",
  "\u2029",
  "\u202e",
  "\ufeff",
  "\ud800",
  "🦙",
];

it("takes a text that is not blank and has nothing to be cleaned away, and no other", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(...CHARACTERS)).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(text, (each) => {
      expect(isPlainLine(each, 1_000)).toBe(each.trim() !== "" && cleanText(each) === each);
    }),
    { numRuns: 2_000 },
  );
});

it("counts characters as Unicode does", () => {
  expect(isPlainLine("🦙".repeat(500), 500)).toBe(true);
  expect(isPlainLine("🦙".repeat(501), 500)).toBe(false);
});

it("reads 64 KiB of blanks in no time, whatever follows", () => {
  expect(isPlainLine(`${" ".repeat(65_536)}\n`, 65_536)).toBe(false);
  expect(isPlainLine(`${"a ".repeat(32_768)}\n`, 65_536)).toBe(false);
});
