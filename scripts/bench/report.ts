/**
 * What has been measured, as a table in Markdown for people and as JSON for programs. Pure.
 * Called by main.ts. Invariant: both show the same rows and the same verdicts.
 */
import type { Machine } from "./machine.ts";
import type { Bar, Comparison } from "./row.ts";
import { judge, summarise, type Ratio, type Summary, type Verdict } from "./statistics.ts";

/** One line of the table, judged. */
export interface ReportLine extends Comparison, Summary {
  /** Name of the row, as in registry.ts. */
  readonly row: string;
  readonly verdict: Verdict;
}

export interface Report {
  readonly machine: Machine;
  readonly lines: readonly ReportLine[];
}

const HEADINGS = ["row", "what", "ours", "reference", "ratio: median (min–max)", "bar", "verdict"];
const VERDICTS: Readonly<Record<Verdict, string>> = { pass: "pass", fail: "**FAIL**", no_bar: "–" };

export function reportLine(row: string, comparison: Comparison): ReportLine {
  const summary = summarise(comparison.rounds);
  return { row, ...comparison, ...summary, verdict: judge(summary.ratio, comparison.bar) };
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

function cells({ row, what, unit, ours, reference, ratio, bar, verdict }: ReportLine): string[] {
  return [row, what, amount(ours, unit), amount(reference, unit), spread(ratio), barText(bar), VERDICTS[verdict]];
}

/** Three significant digits, as more would be noise; thousands are grouped. */
function amount(value: number, unit: string): string {
  return `${value.toLocaleString("en", { maximumSignificantDigits: 3 })} ${unit}`;
}

function spread({ median, min, max }: Ratio): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}

function barText(bar: Bar | null): string {
  if (bar === null) return "–";
  return "atLeast" in bar ? `≥ ${bar.atLeast}` : `≤ ${bar.atMost}`;
}

function tableRow(texts: readonly string[]): string {
  return `| ${texts.join(" | ")} |`;
}
