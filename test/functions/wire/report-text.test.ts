import { describe, expect, it } from "vitest";
import { formatCsv, formatMarkdown, type Report } from "../../../functions/wire/report-text.ts";

const AT = "2026-03-10T10:00:00.000Z";

const service = {
  service: "tools",
  name: "Tools Server",
  critical: true,
  uptime_percent: 99.99,
  coverage_percent: 100,
  down_s: 12,
  degraded_s: 0,
  maintenance_s: 0,
  unknown_s: 0,
  outages: 1,
  mttr_s: 12,
  mtbf_s: null,
  configured: true,
};
const outage = {
  service: "tools",
  since: AT,
  until: null,
  recovery_seen: false,
  duration_s: 12,
  reason: "refused",
  message: "Connection refused",
};
const alert = {
  id: "1",
  service: null,
  name: "Monitoring",
  severity: "info",
  fired_at: AT,
  ended_at: null,
  message: null,
  acknowledged_by: "kim",
  acknowledged_at: AT,
  notified_channels: ["slack", "mail"],
};
const REPORT: Report = {
  from: AT,
  to: AT,
  generated_at: AT,
  node: "worker-node4",
  complete: true,
  services: [service],
  outages: [outage],
  alerts: [alert],
};

/** As RFC 4180 reads it, by another hand than ours. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
  }
  return rows;
}

describe("a report as CSV", () => {
  it("is one table after the other, each with its header", () => {
    expect(formatCsv(REPORT).split("\r\n")).toEqual([
      `from,${AT}`,
      `to,${AT}`,
      `generated_at,${AT}`,
      "complete,true",
      "",
      "Services",
      "service,name,critical,uptime_percent,coverage_percent,down_s,degraded_s,maintenance_s,unknown_s,outages,mttr_s,mtbf_s,configured",
      "tools,Tools Server,true,99.99,100,12,0,0,0,1,12,,true",
      "",
      "Outages",
      "service,since,until,duration_s,reason,message,recovery_seen",
      `tools,${AT},,12,refused,Connection refused,false`,
      "",
      "Alerts",
      "service,name,severity,fired_at,ended_at,message,acknowledged_by,notified_channels,acknowledged_at",
      `,Monitoring,info,${AT},,,kim,slack mail,${AT}`,
      "",
    ]);
  });

  it.each([
    ['=HYPERLINK("http://evil")', '\'=HYPERLINK("http://evil")'],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\tx", "'\tx"],
    ["a;=1+1", "a;'=1+1"],
    ["a\t=1", "a\t'=1"],
    ["a|-1", "a|'-1"],
    ['say "=1" now', 'say "\'=1" now'],
    ["a\n@SUM(A1)", "a\n'@SUM(A1)"],
    ["; =1", ";' =1"],
    ["\uff1d1+1", "'\uff1d1+1"],
    ["\uff0b1", "'\uff0b1"],
    ["\uff0d1", "'\uff0d1"],
    ["\uff20SUM", "'\uff20SUM"],
    ["10-12 = -2 of a+b@c", "10-12 = -2 of a+b@c"],
    ["a,b\r\nc", "a,b\r\nc"],
    ['say "hi"', 'say "hi"'],
  ])("keeps %j from becoming a formula or a row", (message, read) => {
    const rows = parseCsv(formatCsv({ ...REPORT, outages: [{ ...outage, message }] }));
    const header = rows.findIndex(([first]) => first === "Outages") + 1;
    expect(rows[header + 1]?.[5]).toBe(read);
    expect(rows[header + 2]).toEqual([""]);
  });

  it.each([",", ";", "\t", "|"])("has no formula where a spreadsheet takes %j for its separator", (separator) => {
    const pieces = ["=", "+", "-", "@", "\uff1d", " ", "1", '"', "'", "\n", separator];
    const messages = pieces.flatMap((one) => pieces.flatMap((two) => pieces.map((three) => `a${one}${two}${three}`)));
    const texts = [...messages, ...messages.map((message) => message.slice(1))];
    const text = formatCsv({ ...REPORT, outages: texts.map((message) => ({ ...outage, message })) });
    const cells = text.split(/[\r\n]+/).flatMap((line) => line.split(separator));
    expect(cells.filter((cell) => /^[\s"]*[=+\-@\uff1d]/.test(cell))).toEqual([]);
  });
});

describe("a report as Markdown", () => {
  it("has a table each, and says when there is nothing", () => {
    const text = formatMarkdown({ ...REPORT, outages: [] });
    expect(text).toContain("# Report of worker-node4");
    expect(text).toContain("| tools | Tools Server | true | 99.99 | 100 |");
    expect(text).toContain("## Outages\n\nNone.");
    expect(text).toContain("| true |\n\n## Outages");
    expect(text).not.toContain("Not everything");
    expect(formatMarkdown({ ...REPORT, complete: false })).toContain("Not everything is in it");
  });

  it.each([
    "| a | b |",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:1)",
    "`code` **bold**",
    "two\nlines",
    "http://evil.example",
    "$x$ and $$x$$",
    ":smile: :+1:",
    "x^2^ ++new++ ==marked== %%hidden%%",
    "{.wide} {{ secret }}",
    "#123",
  ])("makes nothing of %j", (message) => {
    const text = formatMarkdown({ ...REPORT, outages: [{ ...outage, message }] });
    const row = text.split("\n").find((line) => line.startsWith("| tools | 2026")) ?? "";
    expect(row.split("|")).toHaveLength(9);
    const [, , , , , , cell = ""] = row.split("|");
    expect(cell.trim().replaceAll(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code)))).toBe(
      message.replace("\n", " "),
    );
    const bare = cell.replaceAll(/&#\d+;/g, "\u25a1");
    expect(bare).not.toMatch(/[<>`*[\]~@$^{}#]|http:|:[\w+-]+:|==|\+\+|%%|www\.|\b_|_\b(?! )/);
  });
});
