/** Reading of HAProxy's CSV, for every table that can be written. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCsv } from "../../shared/probes/csv.ts";
import { readStatistics } from "../../shared/probes/haproxy-csv.ts";

const cell = fc.oneof(
  fc.string(),
  fc.constantFrom("", ",", '"', '""', "\n", "\r\n", 'a "quoted", text', "\nmiddle\n", "ends\r"),
);
const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 6 }), { maxLength: 8 });

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
/** As HAProxy writes it: within quotes only what needs them. */
const write = (text: string): string => (/[",\r\n]/.test(text) ? quote(text) : text);

describe("CSV of RFC 4180", () => {
  it("comes back as it was written, whatever stands in it and however lines end", () => {
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n"), fc.boolean(), (records, end, isLastEnded) => {
        const lines = records.map((record) => record.map(write).join(","));
        expect(parseCsv(lines.join(end) + (isLastEnded ? end : ""))).toEqual(records);
      }),
    );
  });

  it("may have every cell within quotes", () => {
    fc.assert(
      fc.property(table, (records) => {
        expect(parseCsv(records.map((record) => record.map(quote).join(",")).join("\n"))).toEqual(records);
      }),
    );
  });

  it("has an end, and no more records than asked for, whatever the text is", () => {
    const text = fc.array(fc.constantFrom('"', ",", "\n", "\r", "a", "# pxname,")).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.nat(5), (any, most) => {
        expect(parseCsv(any, { mostRecords: most }).length).toBeLessThanOrEqual(most);
        readStatistics(any, { isCutOff: true });
      }),
    );
  });

  it("may be asked for its first fields only", () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 7 }), (records, mostFields) => {
        const text = records.map((record) => record.map(write).join(",")).join("\n");
        expect(parseCsv(text, { mostFields })).toEqual(records.map((record) => record.slice(0, mostFields)));
      }),
    );
  });

  it("that is cut off anywhere gives whole records first", () => {
    fc.assert(
      fc.property(table, fc.nat(200), (records, at) => {
        const text = records.map((record) => `${record.map(write).join(",")}\n`).join("");
        const begun = parseCsv(text.slice(0, at)).slice(0, -1);
        expect(begun).toEqual(records.slice(0, begun.length));
      }),
    );
  });
});

describe("HAProxy's statistics", () => {
  const columns = ["svname", "status", "last_chk", "type", "a column of a later version", "-"];

  it("are read by the names of the columns, in whatever order they come", () => {
    const row = fc.record(Object.fromEntries(["pxname", ...columns].map((name) => [name, cell])));
    const order = fc.shuffledSubarray(columns);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), order, (rows, names) => {
        const lines = rows.map((cells) => ["pxname", ...names].map((name) => write(cells[name] ?? "")).join(","));
        const text = [["# pxname", ...names].join(","), ...lines].map((line) => `${line},\n`).join("");
        const read = readStatistics(text, { isCutOff: false });
        expect(read?.rows.map((cells) => names.map(cells))).toEqual(
          rows.map((cells) => names.map((name) => cells[name])),
        );
        expect(read?.rows.map((cells) => cells("pxname"))).toEqual(rows.map((cells) => cells["pxname"]));
        expect(read?.rows.map((cells) => cells("no such column"))).toEqual(rows.map(() => ""));
      }),
    );
  });

  it("are whole lines when their end is missing, and say that there is more", () => {
    const text = "# pxname,svname,status,\na,BACKEND,UP,\nb,BACKEND,DOW";
    const read = readStatistics(text, { isCutOff: true });
    expect(read?.isIncomplete).toBe(true);
    expect(read?.rows.map((cells) => cells("pxname"))).toEqual(["a"]);
    expect(readStatistics(text, { isCutOff: false })?.rows).toHaveLength(2);
  });

  it("have at most so many lines", () => {
    const read = readStatistics(`# pxname,svname,\n${"a,b,\n".repeat(6_000)}`, { isCutOff: false });
    expect([read?.rows.length, read?.isIncomplete]).toEqual([5_000, true]);
  });

  it.each(["", "<html>", "pxname,svname\n", "# pxname", " # pxname,svname,\n"])("are not %j", (text) => {
    expect(readStatistics(text, { isCutOff: false })).toBeNull();
  });
});
