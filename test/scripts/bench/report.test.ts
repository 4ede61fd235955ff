/**
 * The table and the JSON that the benchmark prints.
 */
import { describe, expect, it } from "vitest";
import { reportLine, toJson, toMarkdown, type Report } from "../../../scripts/bench/report.ts";
import type { AbsoluteBar, AbsoluteFigure, Bar, Comparison } from "../../../scripts/bench/row.ts";

const MACHINE = { cores: 2, cpuModel: "Some CPU", nodeVersion: "v24.0.0", measuredAt: "2026-11-24T00:00:00.000Z" };

const RATE: Comparison = {
  what: "requests",
  unit: "/s",
  bar: { atLeast: 0.85 },
  rounds: [
    { ours: 45_000, reference: 50_000 },
    { ours: 36_123, reference: 50_000 },
    { ours: 50_000, reference: 50_000 },
  ],
};
const COST: Comparison = { what: "CPU", unit: "µs", bar: { atMost: 1.25 }, rounds: [{ ours: 26.04, reference: 20 }] };
const EXPLANATION: Comparison = { what: "load", unit: "cores", bar: null, rounds: [{ ours: 0.5, reference: 0.4 }] };
const AMOUNT: AbsoluteFigure = {
  what: "written",
  unit: "bytes",
  bar: { on: "median", atMost: 2_000 },
  values: [2_500, 1_234.5, 900],
};
const LARGEST: AbsoluteFigure = { ...AMOUNT, bar: { on: "max", atMost: 2_000 } };
const ONCE: AbsoluteFigure = { what: "memory", unit: "MB", bar: null, values: [101.26] };

const REPORT: Report = {
  machine: MACHINE,
  lines: [
    reportLine("one", RATE),
    reportLine("two", COST),
    reportLine("two", EXPLANATION),
    reportLine("three", AMOUNT),
    reportLine("three", LARGEST),
    reportLine("three", ONCE),
  ],
};

describe("reportLine", () => {
  const COMPARED = { what: "speed", unit: "/s" };
  const rounds = [
    { ours: 10, reference: 20 },
    { ours: 90, reference: 100 },
    { ours: 30, reference: 40 },
  ];
  /** On a comparison whose median ratio it is, between much smaller and larger ones. */
  const verdictOn = (ratio: number, bar: Bar | null) =>
    reportLine("one", { ...COMPARED, bar, rounds: [0.1, ratio, 9].map((ours) => ({ ours, reference: 1 })) }).verdict;
  const verdictOnValues = (bar: AbsoluteBar) => reportLine("one", { ...COMPARED, bar, values: [0.5, 1, 2] }).verdict;

  it("takes the ratio within each pair, so that a slow pair counts no more than others", () => {
    expect(reportLine("one", { ...COMPARED, bar: null, rounds })).toMatchObject({
      ratio: { median: 0.75, min: 0.5, max: 0.9 },
    });
  });

  it("gives the median of each side alone", () => {
    expect(reportLine("one", { ...COMPARED, bar: null, rounds })).toMatchObject({ ours: 30, reference: 40 });
  });

  it("passes a lower bar at the bar itself and fails just below", () => {
    expect(verdictOn(0.85, { atLeast: 0.85 })).toBe("pass");
    expect(verdictOn(0.849, { atLeast: 0.85 })).toBe("fail");
  });

  it("passes an upper bar at the bar itself and fails just above", () => {
    expect(verdictOn(1.25, { atMost: 1.25 })).toBe("pass");
    expect(verdictOn(1.251, { atMost: 1.25 })).toBe("fail");
  });

  it("fails a ratio that is not a number", () => {
    expect(verdictOn(Number.NaN, { atMost: 1.25 })).toBe("fail");
    expect(verdictOn(Number.NaN, { atLeast: 0.85 })).toBe("fail");
  });

  it("judges the largest value when the bar says so", () => {
    expect(verdictOnValues({ on: "median", atMost: 1 })).toBe("pass");
    expect(verdictOnValues({ on: "max", atMost: 1.9 })).toBe("fail");
    expect(verdictOnValues({ on: "max", atMost: 2 })).toBe("pass");
  });

  it("gives no verdict on what has no bar", () => {
    expect(verdictOn(99, null)).toBe("no_bar");
  });
});

describe("toMarkdown", () => {
  const lines = toMarkdown(REPORT).split("\n");

  it("begins with the machine", () => {
    expect(lines[0]).toBe("2 cores (Some CPU), Node v24.0.0, 2026-11-24T00:00:00.000Z");
  });

  it("shows medians with three digits, the spread of the ratio, the bar and the verdict", () => {
    expect(lines[4]).toBe("| one | requests | 45,000 /s | 50,000 /s | 0.90 (0.72–1.00) | ≥ 0.85 | pass |");
  });

  it("makes a missed bar stand out", () => {
    expect(lines[5]).toBe("| two | CPU | 26 µs | 20 µs | 1.30 (1.30–1.30) | ≤ 1.25 | **FAIL** |");
  });

  it("shows dashes for what has no bar", () => {
    expect(lines[6]).toBe("| two | load | 0.5 cores | 0.4 cores | 1.25 (1.25–1.25) | – | – |");
  });

  it("shows what has no reference by its median, its spread and a bar in its unit", () => {
    expect(lines[7]).toBe("| three | written | 1,230 (900–2,500) bytes | – | – | ≤ 2,000 bytes | pass |");
  });

  it("says when the largest value is judged", () => {
    expect(lines[8]).toBe("| three | written | 1,230 (900–2,500) bytes | – | – | max ≤ 2,000 bytes | **FAIL** |");
  });

  it("shows a single value without a spread", () => {
    expect(lines[9]).toBe("| three | memory | 101 MB | – | – | – | – |");
  });

  it("has as many cells in every line of the table", () => {
    const widths = lines.slice(2, 10).map((line) => line.split("|").length);
    expect(new Set(widths).size).toBe(1);
  });
});

describe("toJson", () => {
  it("holds the machine, every figure of the table and every round", () => {
    const { machine, lines } = JSON.parse(toJson(REPORT)) as { machine: unknown; lines: unknown[] };
    expect(machine).toEqual(MACHINE);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toEqual({
      row: "one",
      what: "requests",
      unit: "/s",
      bar: { atLeast: 0.85 },
      rounds: RATE.rounds,
      ours: 45_000,
      reference: 50_000,
      ratio: { median: 0.9, min: 36_123 / 50_000, max: 1 },
      verdict: "pass",
    });
    expect(lines[4]).toEqual({
      row: "three",
      what: "written",
      unit: "bytes",
      bar: { on: "max", atMost: 2_000 },
      values: AMOUNT.values,
      value: { median: 1_234.5, min: 900, max: 2_500 },
      verdict: "fail",
    });
  });
});
