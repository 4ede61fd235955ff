import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRetryAfter, readDelaySeconds } from "../../shared/notify/retry-after.ts";

const NOW_MS = Date.UTC(2026, 10, 23, 12, 0, 0);
const HOUR_MS = 3_600_000;

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    ["120", 120_000],
    ["0.3", 300],
    ["3601", HOUR_MS],
    ["86400", HOUR_MS],
    ["Mon, 23 Nov 2026 12:00:30 GMT", 30_000],
    ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
    ["Sun, 23 Nov 2036 12:00:00 GMT", HOUR_MS],
    ["", null],
    ["-1", null],
    ["1e3", null],
    ["5, 5", null],
    ["2026-11-23T12:00:30Z", null],
    ["Mon, 23 Nov 2026 12:00:30 +0100", null],
    ["Mon, 99 Nov 2026 12:00:30 GMT", null],
  ])("%j means a delay of %s ms", (value, delayMs) => {
    expect(readRetryAfter(value, NOW_MS)).toBe(delayMs);
  });

  it("is a date that comes back as what it was, for every second of an hour", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_600 }), (seconds) => {
        return readRetryAfter(new Date(NOW_MS + seconds * 1_000).toUTCString(), NOW_MS) === seconds * 1_000;
      }),
    );
  });

  it("is null or from 0 to an hour, whatever it says", () => {
    const isSound = (delayMs: number | null): boolean => delayMs === null || (delayMs >= 0 && delayMs <= HOUR_MS);
    fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => isSound(readRetryAfter(value, NOW_MS))));
    fc.assert(fc.property(fc.anything(), (value) => isSound(readDelaySeconds(value))));
  });

  it("is null when there is none", () => {
    expect(readRetryAfter(undefined, NOW_MS)).toBeNull();
  });
});
