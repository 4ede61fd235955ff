import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPlainLine, rangeFaults } from "../../../shared/domain/alerting/quiet-draft.ts";
import { cleanText } from "../../../shared/domain/text/clean-text.ts";
import { DAY_MS } from "../../../shared/domain/text/timestamp.ts";

const NOW_MS = 1_790_000_000_000;

describe("rangeFaults", () => {
  const fieldsOf = (startsAtMs: number, endsAtMs: number) =>
    rangeFaults({ startsAtMs, endsAtMs }, NOW_MS).map(({ field }) => field);

  it("finds nothing in what may be asked, up to every limit", () => {
    expect(fieldsOf(NOW_MS, NOW_MS + 30 * DAY_MS)).toEqual([]);
    expect(fieldsOf(NOW_MS + 365 * DAY_MS, NOW_MS + 395 * DAY_MS)).toEqual([]);
    expect(fieldsOf(NOW_MS - 30 * DAY_MS + 1, NOW_MS + 1)).toEqual([]);
  });

  it.each([
    ["an end that is no instant", NOW_MS, Number.NaN],
    ["an end for ever away", NOW_MS, Number.POSITIVE_INFINITY],
    ["an end at its start", NOW_MS + 1, NOW_MS + 1],
    ["an end that is over", NOW_MS - 2, NOW_MS],
    ["more than 30 days", NOW_MS, NOW_MS + 30 * DAY_MS + 1],
  ])("refuses %s", (_, startsAtMs, endsAtMs) => {
    expect(fieldsOf(startsAtMs, endsAtMs)).toEqual(["endsAtMs"]);
  });

  it("refuses a start more than a year ahead or that is no instant, and tells both faults at once", () => {
    expect(fieldsOf(NOW_MS + 365 * DAY_MS + 1, NOW_MS + 366 * DAY_MS)).toEqual(["startsAtMs"]);
    expect(fieldsOf(Number.NaN, NOW_MS)).toEqual(["startsAtMs", "endsAtMs"]);
  });
});

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

describe("isPlainLine", () => {
  it("takes a text that is not blank and has nothing to be cleaned away, and no other", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fc.constantFrom(...CHARACTERS)).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(text, (each) => {
        expect(isPlainLine(each, 1_000)).toBe(each.replaceAll("\u2800", "").trim() !== "" && cleanText(each) === each);
      }),
      { numRuns: 500 },
    );
  });

  it("takes nothing that is there without being seen, of all that Unicode has", () => {
    const points = Array.from({ length: 0x110000 }, (_, point) => point).filter(
      (point) => point < 0xd800 || point > 0xdfff,
    );
    const wrong = points.filter((point) => {
      const text = `a${String.fromCodePoint(point)}`;
      return isPlainLine(text, 2) !== (cleanText(text) === text);
    });
    expect(wrong).toEqual([]);
  });

  it.each(["\u3164", "\u115f", "\u2800 \u2800", "a\u034fb", "\ufffe"])("does not take %j", (text) => {
    expect(isPlainLine(text, 10)).toBe(false);
  });

  it("counts characters as Unicode does", () => {
    expect(isPlainLine("🦙".repeat(500), 500)).toBe(true);
    expect(isPlainLine("🦙".repeat(501), 500)).toBe(false);
  });

  it("reads 64 KiB of blanks in no time, whatever follows", () => {
    expect(isPlainLine(`${" ".repeat(65_536)}\n`, 65_536)).toBe(false);
    expect(isPlainLine(`${"a ".repeat(32_768)}\n`, 65_536)).toBe(false);
  });
});
