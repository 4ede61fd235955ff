/**
 * What has been measured, judged, as a table in Markdown for people and as JSON for programs. Pure.
 * Called by main.ts. Invariants: both show the same rows and the same verdicts; a ratio is taken within a pair, so that a machine
 * that slows down between pairs does not enter it.
 */
import type { AbsoluteBar, AbsoluteFigure, Bar, Comparison, Figure } from "./row.ts";
import { median } from "./statistics.ts";

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

interface Judged {
  /** The name of the row, as in main.ts. */
  readonly row: string;
  readonly verdict: "pass" | "fail" | "no_bar";
}

interface ComparisonLine extends Comparison, Judged {
  /** Medians of each side alone; their quotient may differ a little from the median of the ratios. */
  readonly ours: number;
  readonly reference: number;
  readonly ratio: Spread;
}

interface AbsoluteLine extends AbsoluteFigure, Judged {
  readonly value: Spread;
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
const VERDICTS: Readonly<Record<Judged["verdict"], string>> = { pass: "pass", fail: "**FAIL**", no_bar: "–" };

export function reportLine(row: string, figure: Figure): ReportLine {
  if ("values" in figure) {
    const value = findSpread(figure.values);
    return { row, ...figure, value, verdict: compareToBar(value, figure.bar) };
  }
  const { rounds, bar } = figure;
  const ours = median(rounds.map((round) => round.ours));
  const reference = median(rounds.map((round) => round.reference));
  const ratio = findSpread(rounds.map((round) => round.ours / round.reference));
  return { row, ...figure, ours, reference, ratio, verdict: compareToBar(ratio, bar) };
}

const findSpread = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
});

/** Judges the median, unless the bar says otherwise. What is not a number meets no bar. */
function compareToBar(spread: Spread, bar: Bar | AbsoluteBar | null): Judged["verdict"] {
  if (bar === null) return "no_bar";
  const value = spread["on" in bar ? bar.on : "median"];
  const isMet = "atLeast" in bar ? value >= bar.atLeast : value <= bar.atMost;
  return isMet ? "pass" : "fail";
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
