/**
 * Reads the statistics of HAProxy: CSV of RFC 4180, whose columns are known by their names, since their order and number change with its version.
 * Pure. Used by haproxy.ts. Invariant: total, whatever the text is.
 */
import { parseCsv } from "./csv.ts";

const FIRST_COLUMN = "pxname";
const HEADER = `# ${FIRST_COLUMN},`;

/** More lines than a balancer has that somebody runs at home or for a team; the text itself is at most 512 KiB. */
const MOST_RECORDS = 5_000;

/** One line of the table: what stands in a column; empty where there is no such column, or it was not asked for. */
export type Row = (column: string) => string;

export interface Statistics {
  readonly rows: readonly Row[];
  readonly columns: ReadonlySet<string>;
  /** There is more than was read. */
  readonly isIncomplete: boolean;
}

interface Asked {
  /** The end of the text is missing, and with it the end of the last line. */
  readonly isCutOff: boolean;
  /** Default: all. */
  readonly columns?: readonly string[];
}

/** Null for a text that is not HAProxy's statistics. */
export function readStatistics(text: string, { isCutOff, columns }: Asked): Statistics | null {
  if (!text.startsWith(HEADER)) return null;
  const places = new Map<string, number>();
  const [header = []] = parseCsv(text, { mostRecords: 1 });
  for (const [place, name] of [FIRST_COLUMN, ...header.slice(1)].entries())
    if (!places.has(name)) places.set(name, place);
  const mostFields = 1 + Math.max(...(columns ?? [...places.keys()]).map((name) => places.get(name) ?? 0));
  const [, ...records] = parseCsv(text, { mostRecords: MOST_RECORDS + 1, mostFields });
  const whole = isCutOff ? records.slice(0, -1) : records;
  const rows = whole.map(
    (record): Row =>
      (column) =>
        record[places.get(column) ?? Infinity] ?? "",
  );
  return { rows, columns: new Set(places.keys()), isIncomplete: isCutOff || records.length >= MOST_RECORDS };
}
