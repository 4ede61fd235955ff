import { describe, expect, it } from "vitest";
import { formatDuration } from "../../../shared/domain/text/duration-text.ts";

describe("a duration", () => {
  it.each([
    [0, "0 s"],
    [999, "0 s"],
    [-5_000, "0 s"],
    [1_000, "1 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [303_000, "5 min 3 s"],
    [3_600_000, "1 h"],
    [3_605_000, "1 h 5 s"],
    [7_265_000, "2 h 1 min"],
    [90_061_000, "1 d 1 h"],
    [86_400_000 * 400, "400 d"],
  ])("of %d ms is said as its two largest units: %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
