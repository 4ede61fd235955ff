import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../shared/domain/alerting/backoff.ts";

describe("the wait before something is tried again", () => {
  it("doubles with each failure, half of it left to chance", () => {
    expect([1, 2, 3, 4].map((failures) => backoffMs(failures, 0))).toEqual([500, 1_000, 2_000, 4_000]);
    expect(backoffMs(3, 0.5)).toBe(3_000);
  });

  it("is five minutes at most", () => {
    expect(backoffMs(1_000_000, 0.999_999)).toBe(300_000);
  });

  it("stays within half a second and five minutes and never shrinks, jitter aside", () => {
    const aRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), aRandom, (failures, random) => {
        const waitMs = backoffMs(failures, random);
        expect(waitMs).toBeGreaterThanOrEqual(500);
        expect(waitMs).toBeLessThanOrEqual(300_000);
        expect(backoffMs(failures + 1, random)).toBeGreaterThanOrEqual(waitMs);
      }),
    );
  });
});
