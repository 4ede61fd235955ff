/** Where the points of a chart lie. */
import { describe, expect, it } from "vitest";
import { CHART, chartOf } from "../../../functions/page/chart.ts";
import type { Series } from "../../../functions/page/read-service.ts";

const SINCE = "2026-11-25T00:00:00.000Z";
const UNTIL = "2026-11-26T00:00:00.000Z";
const SINCE_S = Date.parse(SINCE) / 1_000;
const STEP_S = 21_600;

/** Of a day in four columns. */
function shapeOf(p95: readonly (number | null)[], outages: Series["outages"] = []) {
  const t = p95.map((_, index) => SINCE_S + index * STEP_S);
  // What else a series holds is not drawn.
  return chartOf({ since: SINCE, until: UNTIL, t, p50: p95, p95, outages, step_s: STEP_S } as unknown as Series);
}

describe("the chart of a day", () => {
  it("draws no line through a time without an answer, and a dash for one that stands alone", () => {
    expect(shapeOf([1, null, 1, 1]).p95).toBe("M120 18.2h1M600 18.2h1L840 18.2");
    expect(shapeOf([null, null, null, null])).toMatchObject({ p50: "", p95: "" });
  });

  it("begins at nought, and is not flattened by one late answer of many", () => {
    const many = Array.from({ length: 287 }, () => 0.1);
    expect(shapeOf([...many, 15]).top).toBeCloseTo(0.11);
    expect(shapeOf([...many, 15]).p95).toContain(" 0"); // it touches the top
    expect(shapeOf([0.001, 0.001, 0.001, 0.001]).top).toBe(0.01);
  });

  it("shows when it was down, to the end where it still is", () => {
    const outage = (since: string, until: string | null) => ({ since, until, reason: "refused" as const });
    const { outages } = shapeOf(
      [1, 1, 1, 1],
      [
        outage("2026-11-25T06:00:00Z", "2026-11-25T12:00:00Z"),
        outage("2026-11-25T13:00:00Z", "2026-11-25T13:00:01Z"),
        outage("2026-11-25T18:00:00Z", null),
      ],
    );
    expect(outages).toEqual([
      { x: 240, width: 240 },
      { x: 520, width: 1 },
      { x: 720, width: CHART.width - 720 },
    ]);
  });
});
