/**
 * The table and the JSON that the benchmark prints.
 */
import { describe, expect, it } from "vitest";
import { reportLine, toJson, toMarkdown, type Report } from "../../scripts/bench/report.ts";
import type { Comparison } from "../../scripts/bench/row.ts";

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

const REPORT: Report = {
  machine: MACHINE,
  lines: [reportLine("one", RATE), reportLine("two", COST), reportLine("two", EXPLANATION)],
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

  it("has as many cells in every line of the table", () => {
    const widths = lines.slice(2, 7).map((line) => line.split("|").length);
    expect(new Set(widths).size).toBe(1);
  });
});

describe("toJson", () => {
  it("holds the machine, every figure of the table and every round", () => {
    const { machine, lines } = JSON.parse(toJson(REPORT)) as { machine: unknown; lines: unknown[] };
    expect(machine).toEqual(MACHINE);
    expect(lines).toHaveLength(3);
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
  });
});
