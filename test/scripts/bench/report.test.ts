/**
 * The table and the JSON that the benchmark prints.
 */
import { describe, expect, it } from "vitest";
import { reportLine, toJson, toMarkdown, type Report } from "../../../scripts/bench/report.ts";
import type { AbsoluteFigure, Comparison } from "../../../scripts/bench/row.ts";

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
