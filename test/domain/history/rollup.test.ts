import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countAnswers,
  countChecks,
  mergeRollups,
  responseTimeAt,
  rollUp,
} from "../../../shared/domain/history/rollup.ts";
import { CHECK_STATUSES } from "../../../shared/domain/monitoring/check.ts";

const anyCheck = fc.record({
  status: fc.constantFrom(...CHECK_STATUSES),
  responseTimeMs: fc.integer({ min: 0, max: 600_000 }).map((tenths) => tenths / 10),
});
const checks = fc.array(anyCheck, { maxLength: 60 });

describe("rollup", () => {
  it("of the whole is that of its parts merged, whatever their order", () => {
    fc.assert(
      fc.property(checks, checks, checks, (first, second, third) => {
        const whole = rollUp([...first, ...second, ...third]);
        const [a, b, c] = [rollUp(first), rollUp(second), rollUp(third)];
        expect(mergeRollups([a, b, c])).toEqual(whole);
        expect(mergeRollups([c, mergeRollups([b, a])])).toEqual(whole);
        expect(rollUp([...third, ...first, ...second].toReversed())).toEqual(whole);
      }),
    );
  });

  it("counts every check by its status, and only answers have response times", () => {
    const rollup = rollUp([
      { status: "healthy", responseTimeMs: 20 },
      { status: "unhealthy", responseTimeMs: 40 }, // such as HTTP 503
      { status: "degraded", responseTimeMs: 3_000 },
      { status: "error", responseTimeMs: 0.4 }, // such as a refused connection
      { status: "timeout", responseTimeMs: 10_000 },
      { status: "timeout", responseTimeMs: 5_000 },
      { status: "unknown", responseTimeMs: 1 },
      { status: "maintenance", responseTimeMs: 2 },
    ]);
    expect(countChecks(rollup)).toBe(8);
    expect([...rollup.statusCounts]).toEqual([
      ["healthy", 1],
      ["degraded", 1],
      ["maintenance", 1],
      ["unknown", 1],
      ["unhealthy", 1],
      ["timeout", 2],
      ["error", 1],
    ]);
    expect(countAnswers(rollup)).toBe(3);
    expect(rollup.responseTimes).toMatchObject({ sumMs: 3_060, minMs: 20, maxMs: 3_000 });
    expect(rollup.longestTimeoutMs).toBe(10_000);
  });

  it("has no response times without an answer, and no time-out without one", () => {
    expect(rollUp([{ status: "error", responseTimeMs: 0.4 }])).toMatchObject({
      responseTimes: null,
      longestTimeoutMs: null,
    });
    expect(rollUp([])).toEqual({ statusCounts: new Map(), responseTimes: null, longestTimeoutMs: null });
  });

  it("says no quantile beyond what was measured", () => {
    const { responseTimes } = rollUp([{ status: "healthy", responseTimeMs: 1_234.5 }]);
    expect(responseTimes && responseTimeAt(responseTimes, 0.5)).toBe(1_234.5);
  });
});
