/**
 * A report as text for people who file it: CSV for a spreadsheet, Markdown to read.
 * Called by endpoints/report.ts, which says what a report holds. Pure.
 * Invariant: what a service, a person or an agent wrote stays text: no formula, no markup, no further line.
 */

export interface Report {
  readonly from: string;
  readonly to: string;
  readonly generated_at: string;
  readonly node: string;
  readonly complete: boolean;
  readonly services: readonly ServiceFigures[];
  readonly outages: readonly ReportedOutage[];
  readonly alerts: readonly ReportedAlert[];
}

export interface ServiceFigures {
  readonly service: string;
  readonly name: string;
  readonly critical: boolean | null;
  readonly uptime_percent: number | null;
  readonly coverage_percent: number | null;
  readonly down_s: number;
  readonly degraded_s: number;
  readonly maintenance_s: number;
  readonly unknown_s: number;
  readonly outages: number;
  readonly mttr_s: number | null;
  readonly mtbf_s: number | null;
  readonly configured: boolean;
}

export interface ReportedOutage {
  readonly service: string;
  readonly since: string;
  readonly until: string | null;
  readonly recovery_seen: boolean;
  readonly duration_s: number;
  readonly reason: string | null;
  readonly message: string | null;
}

export interface ReportedAlert {
  readonly id: string;
  readonly service: string | null;
  readonly name: string;
  readonly severity: string;
  readonly fired_at: string;
  readonly ended_at: string | null;
  readonly message: string | null;
  readonly acknowledged_by: string | null;
  readonly acknowledged_at: string | null;
  readonly notified_channels: readonly string[];
}

type Cell = string | number | boolean | null;
type Row = readonly Cell[];

interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

function tables({ services, outages, alerts }: Report): Table[] {
  return [
    tableOf("Services", SERVICE_COLUMNS, services),
    tableOf("Outages", OUTAGE_COLUMNS, outages),
    tableOf(
      "Alerts",
      ALERT_COLUMNS,
      alerts.map((alert) => ({ ...alert, notified_channels: alert.notified_channels.join(" ") })),
    ),
  ];
}

const SERVICE_COLUMNS = [
  "service",
  "name",
  "critical",
  "uptime_percent",
  "coverage_percent",
  "down_s",
  "degraded_s",
  "maintenance_s",
  "unknown_s",
  "outages",
  "mttr_s",
  "mtbf_s",
  "configured",
] as const;
const OUTAGE_COLUMNS = ["service", "since", "until", "duration_s", "reason", "message", "recovery_seen"] as const;
const ALERT_COLUMNS = [
  "service",
  "name",
  "severity",
  "fired_at",
  "ended_at",
  "message",
  "acknowledged_by",
  "notified_channels",
  "acknowledged_at",
] as const;

function tableOf<Column extends string>(
  title: string,
  columns: readonly Column[],
  records: readonly Readonly<Record<Column, Cell>>[],
): Table {
  return { title, columns, rows: records.map((record) => columns.map((column) => record[column])) };
}

/** RFC 4180: one table after the other, each with its title and its header, an empty line between them. */
export function formatCsv(report: Report): string {
  const head = [
    ["from", report.from],
    ["to", report.to],
    ["generated_at", report.generated_at],
    ["complete", report.complete],
  ];
  const blocks = [head, ...tables(report).map(({ title, columns, rows }) => [[title], columns, ...rows])];
  const lines = blocks.map((rows) => rows.map((row) => row.map(csvCell).join(",")).join("\r\n"));
  return `${lines.join("\r\n\r\n")}\r\n`;
}

/**
 * Where a formula would begin: a cell that begins so is one to a spreadsheet, in full width as well. Each takes its own separator and
 * quote for those of the file, as `;` where `,` is in decimals, so what follows one may be a cell.
 */
const FORMULA = /(?<=^|[,;|\t\r\n"'])(?=\s*[=+\-@\uff1d\ufe66\uff0b\ufe62\uff0d\ufe63\u2212\uff20\ufe6b])/g;

function csvCell(cell: Cell): string {
  if (typeof cell !== "string") return cell === null ? "" : String(cell);
  const text = cell.replace(/^(?=[\t\r])/, "'").replaceAll(FORMULA, "'");
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function formatMarkdown(report: Report): string {
  const head = [
    `# Report of ${markdownText(report.node)}`,
    `From ${report.from} to ${report.to}, made at ${report.generated_at}.`,
    ...(report.complete ? [] : ["**Not everything is in it:** only the newest outages, alerts and removed services."]),
  ];
  const blocks = tables(report).map(({ title, columns, rows }) => {
    if (rows.length === 0) return `## ${title}\n\nNone.`;
    const lines = [columns, columns.map(() => "---"), ...rows.map((row) => row.map(markdownCell))];
    return `## ${title}\n\n${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}`;
  });
  return `${[...head, ...blocks].join("\n\n")}\n`;
}

function markdownCell(cell: Cell): string {
  return cell === null ? "" : typeof cell === "string" ? markdownText(cell) : String(cell);
}

/**
 * What Markdown of any dialect, or the HTML within it, would take for its own anywhere in a line: beside emphasis, code and links (which
 * need their `://`, their `www.` or their `@`) formulas (`$`), names of emoji (`:x:`), what is raised (`^`), inserted (`++`), marked (`==`)
 * or a comment (`%%`), attributes and templates (`{`), references (`#1`).
 */
const MARKUP =
  /[\\`*[\]|<>&~@$^{}]|:(?=\/\/|[\w+-]+:)|(?<=www)\.|(?<!\w)_|_(?!\w)|([=+%])(?=\1)|(?<=([=+%]))\2|#(?=\w)/gi;

function markdownText(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll(MARKUP, (character) => `&#${character.codePointAt(0)};`);
}
