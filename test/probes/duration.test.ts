/** Durations as people write them: examples of every unit, what is refused, and properties over arbitrary input. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDurationMs } from "../../shared/probes/duration.ts";

describe("parseDurationMs", () => {
  it.each([
    [0, 0],
    [5, 5_000],
    [0.25, 250],
    [1.0004, 1_000],
    ["500ms", 500],
    ["30s", 30_000],
    ["1.5s", 1_500],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
  ])("reads %j as %d ms", (written, ms) => {
    expect(parseDurationMs(written)).toBe(ms);
  });

  it.each([
    -1,
    NaN,
    Infinity,
    1e300,
    "",
    "5",
    "s",
    "5 s",
    " 5s",
    "5s ",
    "-5s",
    "+5s",
    "1e3s",
    "5S",
    "1h30m",
    ".5s",
    "5.s",
    "٥s",
    "9e15d",
    "99999999999999d",
  ])("refuses %j", (written) => {
    expect(parseDurationMs(written)).toBeNull();
  });

  it("never throws and yields only whole milliseconds, for any text or number", () => {
    const nearlyDuration = fc.stringMatching(/^[-+ ]?[0-9.e]{0,25}(ms|s|m|h|d|w| )?$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), nearlyDuration, fc.double(), fc.integer()), (written) => {
        const ms = parseDurationMs(written);
        expect(ms === null || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("formatDuration", () => {
  it.each([
    [1, "1ms"],
    [1_500, "1500ms"],
    [90_000, "90s"],
    [300_000, "5m"],
    [7_200_000, "2h"],
    [86_400_000, "1d"],
  ])("writes %d ms as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("is undone by parsing", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.maxSafeNat(),
          fc.nat(1_000_000).map((units) => units * 1_000),
        ),
        (ms) => {
          expect(parseDurationMs(formatDuration(ms))).toBe(ms);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
