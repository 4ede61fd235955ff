import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanText, truncateText } from "../../../shared/domain/text/clean-text.ts";

describe("cleanText", () => {
  it.each([
    ["a\u0000b", "ab"],
    ["a\nb\tc\r", "a b c "],
    ["\u001b[31mred", "[31mred"],
    ["\u0085\u2028\u2029", "   "],
    ["\u202eevil\u202c \u2066x\u2069 \u200f", "evil x "],
    ["\ufeffa", "a"],
    ["pay\u{e0041}\u{e0042}\u{e007f} me", "pay me"],
    ["a\u00ad\u200b\u200d\u2060\u061c\u180e\ufff9b", "ab"],
    ["smuggled\u{e0100}\u{e01ef}", "smuggled"],
    ["a\u3164\u115f\u1160\uffa0\u034f\u180b\ufffe\ufdd0\u{1ffff}b", "ab"],
    ["\ud83d", "\ufffd"],
    ["ä 😀 漢字 ⚠\ufe0f", "ä 😀 漢字 ⚠\ufe0f"],
  ])("turns %j into %j", (text, cleaned) => {
    expect(cleanText(text)).toBe(cleaned);
  });

  it("changes nothing more the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const cleaned = cleanText(text);
        expect(cleanText(cleaned)).toBe(cleaned);
        expect(cleaned.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe("truncateText", () => {
  it("leaves a text that fits", () => {
    expect(truncateText("abc", 3)).toBe("abc");
  });

  it("cuts and says so, never in the middle of a character", () => {
    expect(truncateText("abcd", 3)).toBe("ab…");
    expect(truncateText("a😀bc", 3)).toBe("a…");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, maxLength) => {
        const cut = truncateText(text, maxLength);
        expect(cut.length).toBeLessThanOrEqual(maxLength);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });
});
