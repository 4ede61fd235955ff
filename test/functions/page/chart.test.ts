/** Where lines, outages, marks and labels of a chart lie, and what is said of it. */
import { describe, expect, it } from "vitest";
import { CHART, chartOf, type ChartInput } from "../../../functions/page/chart.ts";
import { describeChart } from "../../../functions/page/chart-words.ts";
import { RANGE_NAMES, readRange } from "../../../functions/page/ranges.ts";
import { REASON_WORDS } from "../../../shared/domain/monitoring/reason-words.ts";
import { seriesOf, SINCE, UNTIL } from "../../support/series.ts";

const NOW_MS = Date.parse(UNTIL);

function shapeOf(series: ChartInput["series"], more: Partial<ChartInput> = {}) {
  return chartOf({ series, range: "24h", slowAfterS: null, nowMs: NOW_MS, ...more });
}
const outage = (since: string, until: string | null) => ({
  since: `2026-11-25T${since}:00.000Z`,
  until: until && `2026-11-25T${until}:00.000Z`,
  reason: "refused" as const,
});

describe("the chart of a day", () => {
  it("draws no line and no band through a time without an answer, and a dash for one that stands alone", () => {
    const shape = shapeOf(seriesOf([1, null, 1, 1]));
    expect(shape.p50).toBe("M120 18.2h1M600 18.2h1L840 18.2");
    expect(shape.band).toBe("M120 18.2L120 18.2zM600 18.2L840 18.2L840 18.2L600 18.2z");
    expect(shapeOf(seriesOf([null, null, null, null]))).toMatchObject({ p50: "", band: "", dots: [], clipped: [] });
  });

  it("begins at nought, is not flattened by one late answer of many, and marks what lies above", () => {
    const many = Array.from({ length: 287 }, () => 0.1);
    const shape = shapeOf(seriesOf([...many, 15]));
    expect(shape.top).toBeCloseTo(0.11);
    expect(shape.clipped).toEqual([958.3]);
    expect(shapeOf(seriesOf([0.001, 0.001, 0.001, 0.001])).top).toBe(0.01);
    expect(shapeOf(seriesOf([null])).top).toBe(0.01);
  });

  it("shows a single answer only where it is more than three times later than most", () => {
    const usual = [0.1, 0.1, 0.1, 1];
    const { dots, clipped } = shapeOf(
      seriesOf(usual, { max: [0.31, 0.3, null, 9], total: { count: 4, p50: 0.1, p95: 1, p99_5: 1, max: 9 } }),
    );
    expect(dots).toEqual([{ x: 120, y: 143.6 }]);
    expect(clipped).toEqual([840]);
  });

  it("shows when it was down, to the present moment where it still is, and a reason only where there is room", () => {
    const { outages } = shapeOf(
      seriesOf([1, 1, 1, 1], { outages: [outage("06:00", "12:00"), outage("13:00", "13:01"), outage("18:00", null)] }),
      { nowMs: Date.parse("2026-11-25T21:00:00Z") },
    );
    expect(outages).toEqual([
      { x: 240, width: 240, label: { text: "connection refused", isBefore: false } },
      { x: 520, width: 1, label: null },
      { x: 720, width: 120, label: null },
    ]);
    const near = shapeOf(seriesOf([1], { outages: [outage("06:00", "06:01"), outage("07:00", "07:01")] }));
    expect(near.outages.map(({ label }) => label?.text)).toEqual(["connection refused", undefined]);
    const late = shapeOf(seriesOf([1], { outages: [outage("20:00", null)] }));
    expect(late.outages[0]?.label).toEqual({ text: "connection refused", isBefore: true });
  });

  it("has words for every reason, none too long to be a label", () => {
    for (const words of Object.values(REASON_WORDS)) expect(words).toMatch(/^[A-Za-z][A-Za-z ]+$/);
    expect(Math.max(...Object.values(REASON_WORDS).map(({ length }) => length))).toBeLessThanOrEqual(22);
  });

  it("has its marks, its maintenance, and from when on an answer is slow, unless that is above the scale", () => {
    const at = "2026-11-25T12:00:00.000Z";
    const shape = shapeOf(
      seriesOf([1, 1], {
        marks: [{ at, text: "deploy", service: null }],
        maintenance: [{ since: at, until: null }],
      }),
      { slowAfterS: 0.55 },
    );
    expect(shape).toMatchObject({ marks: [480], maintenance: [{ x: 480, width: 480 }], slowAfterY: 100 });
    expect(shapeOf(seriesOf([1]), { slowAfterS: 2 }).slowAfterY).toBeNull();
  });

  it("is labelled at whole hours, none cut by its ends", () => {
    const hours = shapeOf(seriesOf([1])).ticks.map(({ atMs }) => (atMs - Date.parse(SINCE)) / 3_600_000);
    expect(hours).toEqual([4, 8, 12, 16, 20]);
    for (const { x } of shapeOf(seriesOf([1])).ticks) expect(x).toBeLessThan(CHART.width * 0.97);
  });
});

describe("the sentence about a chart", () => {
  it.each([
    [seriesOf([null]), "Last 24 hours: no answer; no outage."],
    [seriesOf([0.041]), "Last 24 hours: one answer, within 41 ms; no outage."],
    [
      seriesOf([0.041, 0.118], { outages: [outage("04:20", "05:01")], outages_total: 1 }),
      "Last 24 hours: half of 2 answers within 41 ms, 95 % within 118 ms; one outage of 41 min at 2026-11-25 04:20 UTC.",
    ],
    [
      seriesOf([0.041, 0.118], {
        outages: [outage("04:20", "05:01"), outage("23:00", null)],
        outages_total: 1_200,
        timeouts: [1, 1],
        timeout_s: 10,
      }),
      "Last 24 hours: half of 2 answers within 41 ms, 95 % within 118 ms; 2 checks timed out after up to 10 s; 1,200 outages, the longest of 1 h at 2026-11-25 23:00 UTC.",
    ],
  ])("tells only what was measured: $total", (series, sentence) => {
    expect(describeChart(series, "24h", NOW_MS)).toBe(sentence);
  });
});

it("A range is one of those that are offered, a day unless somebody says so", () => {
  expect(RANGE_NAMES.map(readRange)).toEqual(RANGE_NAMES);
  expect([readRange(undefined), readRange("2h"), readRange("__proto__"), readRange("")]).toEqual([
    "24h",
    null,
    null,
    null,
  ]);
});
