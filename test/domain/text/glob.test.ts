import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coversName } from "../../../shared/domain/text/glob.ts";

describe("a glob", () => {
  it.each([
    ["llm", "llm"],
    ["*", ""],
    ["*", "anything"],
    ["llm-*", "llm-"],
    ["llm-*", "llm-qwen"],
    ["*-db", "vector-db"],
    ["a*b*c", "a-b-b-c"],
    ["**a**", "bab"],
    ["*aa*", "baab"],
  ])("finds that %j describes %j", (glob, name) => {
    expect(coversName([glob], name)).toBe(true);
  });

  it.each([
    ["llm", "llm2"],
    ["llm", "LLM"],
    ["llm-*", "llm"],
    ["*-db", "vector-db2"],
    ["ab*ba", "aba"],
    ["a*b*c", "acb"],
    ["*ab*b", "ab"],
    ["", "a"],
    ["a.c", "abc"],
  ])("finds that %j does not describe %j", (glob, name) => {
    expect(coversName([glob], name)).toBe(false);
  });

  it("that is `*` describes also what has no name", () => {
    expect([["*"], [], ["**"], ["a", "*"], ["a"]].map((globs) => coversName(globs, null))).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  it("agrees with a regular expression on short texts", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 10 });
    const glob = fc.string({ unit: fc.constantFrom("a", "b", "-", "*"), maxLength: 8 });
    fc.assert(
      fc.property(glob, text, (pattern, name) => {
        const reference = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
        expect(coversName([pattern], name)).toBe(reference.test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  it("answers at once for patterns that make regular expressions explode", () => {
    // Tried in every combination, this would not end before the test is given up.
    expect(coversName(["*a".repeat(32) + "b"], "a".repeat(20_000))).toBe(false);
    expect(coversName(["*a".repeat(31) + "*b*"], "a".repeat(20_000))).toBe(false);
  });
});

describe("coversName", () => {
  it("covers everything without globs, also what has no name", () => {
    expect(coversName([], "llm")).toBe(true);
    expect(coversName([], null)).toBe(true);
  });

  it("covers what one of the globs describes", () => {
    expect(coversName(["db", "llm-*"], "llm-qwen")).toBe(true);
    expect(coversName(["db", "llm-*"], "proxy")).toBe(false);
  });
});
