/**
 * What has been measured, as a table in Markdown for people and as JSON for programs. Pure.
 * Called by main.ts. Invariant: both show the same rows and the same verdicts.
 */
import type { AbsoluteBar, AbsoluteFigure, Bar, Comparison, Figure } from "./row.ts";
import { compareToBar, spreadOf, summarise, type Spread, type Summary, type Verdict } from "./statistics.ts";

/** One line of the table, judged. `row` is the name of the row, as in main.ts. */
interface ComparisonLine extends Comparison, Summary {
  readonly row: string;
  readonly verdict: Verdict;
}

interface AbsoluteLine extends AbsoluteFigure {
  readonly row: string;
  readonly value: Spread;
  readonly verdict: Verdict;
}

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
  const rows = [HEADINGS, HEADINGS.map(() => "---"), ...lines.map(cells)];
  const table = rows.map((texts) => `| ${texts.join(" | ")} |`);
  return [`${cores} cores (${cpuModel}), Node ${nodeVersion}, ${measuredAt}`, "", ...table, ""].join("\n");
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
  return [`${amount(value.median)}${spread} ${unit}`, "–", "–", barText(bar, ` ${unit}`)];
}

/** Three significant digits, as more would be noise; thousands are grouped. */
function amount(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

function barText(bar: Bar | AbsoluteBar | null, unit = ""): string {
  if (bar === null) return "–";
  const which = "on" in bar && bar.on === "max" ? "max " : "";
  const limit = "atLeast" in bar ? `≥ ${bar.atLeast.toLocaleString("en")}` : `≤ ${bar.atMost.toLocaleString("en")}`;
  return `${which}${limit}${unit}`;
}
