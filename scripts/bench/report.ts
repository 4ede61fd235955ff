/**
 * What has been measured, as a table in Markdown for people and as JSON for programs. Pure.
 * Called by main.ts. Invariant: both show the same rows and the same verdicts.
 */
import type { AbsoluteBar, AbsoluteFigure, Bar, Comparison, Figure } from "./row.ts";
import { compareToBar, spreadOf, summarise, type Spread, type Summary, type Verdict } from "./statistics.ts";

interface Compared {
  /** Name of the row, as in registry.ts. */
  readonly row: string;
  readonly verdict: Verdict;
}

interface ComparisonLine extends Comparison, Summary, Compared {}

interface AbsoluteLine extends AbsoluteFigure, Compared {
  readonly value: Spread;
}

/** One line of the table, judged. */
export type ReportLine = ComparisonLine | AbsoluteLine;

/** On what and when the benchmark ran, because its absolute figures mean nothing without. */
export interface Machine {
  readonly cores: number;
  readonly cpuModel: string;
  readonly nodeVersion: string;
  /** UTC, RFC 3339. */
  readonly measuredAt: string;
}

export interface Report {
  readonly machine: Machine;
  readonly lines: readonly ReportLine[];
}

const HEADINGS = ["row", "what", "ours", "reference", "ratio: median (min–max)", "bar", "verdict"];
const VERDICTS: Readonly<Record<Verdict, string>> = { pass: "pass", fail: "**FAIL**", no_bar: "–" };

export function reportLine(row: string, figure: Figure): ReportLine {
  if ("values" in figure) {
    const value = spreadOf(figure.values);
    return { row, ...figure, value, verdict: compareToBar(value, figure.bar) };
  }
  const summary = summarise(figure.rounds);
  return { row, ...figure, ...summary, verdict: compareToBar(summary.ratio, figure.bar) };
}

export function toMarkdown({ machine, lines }: Report): string {
  const { cores, cpuModel, nodeVersion, measuredAt } = machine;
  return [
    `${cores} cores (${cpuModel}), Node ${nodeVersion}, ${measuredAt}`,
    "",
    tableRow(HEADINGS),
    tableRow(HEADINGS.map(() => "---")),
    ...lines.map((line) => tableRow(cells(line))),
    "",
  ].join("\n");
}

export function toJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function cells(line: ReportLine): string[] {
  return [line.row, line.what, ...("value" in line ? absolute(line) : compared(line)), VERDICTS[line.verdict]];
}

function compared({ unit, ours, reference, ratio, bar }: ComparisonLine): string[] {
  const spread = `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})`;
  return [`${amount(ours)} ${unit}`, `${amount(reference)} ${unit}`, spread, barText(bar)];
}

function absolute({ unit, value, values, bar }: AbsoluteLine): string[] {
  const spread = values.length > 1 ? ` (${amount(value.min)}–${amount(value.max)})` : "";
  return [`${amount(value.median)}${spread} ${unit}`, "–", "–", absoluteBarText(bar, unit)];
}

/** Three significant digits, as more would be noise; thousands are grouped. */
function amount(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

function absoluteBarText(bar: AbsoluteBar | null, unit: string): string {
  if (bar === null) return "–";
  return `${bar.on === "max" ? "max " : ""}${barText(bar)} ${unit}`;
}

function barText(bar: Bar | null): string {
  if (bar === null) return "–";
  return "atLeast" in bar ? `≥ ${bar.atLeast.toLocaleString("en")}` : `≤ ${bar.atMost.toLocaleString("en")}`;
}

function tableRow(texts: readonly string[]): string {
  return `| ${texts.join(" | ")} |`;
}
