/** What a chart takes of a series, and what stands at its cursor. */
import { describe, expect, it } from "vitest";
import { chartData } from "../../../../../functions/page/client/chart/chart-data.ts";
import { formatSeconds, valuesAt } from "../../../../../functions/page/client/chart/labels.ts";
import { seriesOf, UNTIL } from "../../../../support/series.ts";

const NOW_MS = Date.parse(UNTIL);
const total = (top: number) => ({ count: 4, p50: 0.1, p95: 1, p99_5: top, max: 9 });
const dataOf = (...series: Parameters<typeof seriesOf>) => chartData(seriesOf(...series), NOW_MS);

describe("the data of a chart", () => {
  it("has null where nothing answered, and single answers only where they are much later than most", () => {
    const { columns } = dataOf([0.1, null, 0.1, 0.1], { max: [0.31, null, 0.3, 9], total: total(1) });
    expect(columns.slice(1)).toEqual([
      [0.1, null, 0.1, 0.1],
      [0.1, null, 0.1, 0.1],
      [0.31, null, null, null],
    ]);
  });

  it("ends the scale where nearly all answers have come, and marks what lies above", () => {
    const { top, clipped, columns } = dataOf([0.1, 0.1, 0.1, 15], { max: [0.1, 9, 0.1, 15], total: total(0.2) });
    expect(top).toBeCloseTo(0.22);
    expect(clipped).toEqual([columns[0][1], columns[0][3]]);
  });

  it("ends what goes on at the present moment", () => {
    const outages = [{ since: "2026-11-25T23:00:00.000Z", until: null, reason: "refused" as const }];
    const early = NOW_MS - 600_000;
    const { outages: spans } = chartData(seriesOf([1], { outages }), early);
    expect(spans).toEqual([{ fromS: NOW_MS / 1_000 - 3_600, toS: early / 1_000, text: "connection refused" }]);
  });
});

describe("the words at the cursor", () => {
  it("are the figures of the column, and the marks that lie in it", () => {
    const marks = [{ at: "2026-11-25T03:00:00.000Z", text: "deploy 1.4.2", service: null }];
    const data = dataOf([0.041, 0.118], { marks, timeouts: [2, 0] });
    expect(valuesAt(data, 0)).toMatch(
      / · p50 41 ms · p95 41 ms · latest 41 ms · one answer · 2 timed out · ⚑ deploy 1\.4\.2$/,
    );
    expect(valuesAt(data, 1)).not.toContain("⚑");
  });

  it("tell no number where nothing answered, and nothing where there is no cursor", () => {
    expect(valuesAt(dataOf([null]), 0)).toMatch(/ · no answer$/);
    expect([valuesAt(dataOf([1]), null), valuesAt(dataOf([1]), 7)]).toEqual(["", ""]);
  });

  it.each([
    [0.00004, "0 ms"],
    [0.0004, "0.4 ms"],
    [0.0412, "41 ms"],
    [1.25, "1.3 s"],
    [12.4, "12 s"],
  ])("are short: %d s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});
