/**
 * Reads CSV as RFC 4180 has it: fields within quotes may hold commas, line ends and, doubled, quotes. Pure. Used by haproxy-csv.ts.
 * Invariants: total, whatever the text is; what is not within quotes is taken as it stands.
 */
export interface CsvLimits {
  readonly mostRecords?: number;
  /** Of each record; the others are not read, as splitting a line takes most of the time. */
  readonly mostFields?: number;
}

/** Its records; lines without any character are none. */
export function parseCsv(text: string, { mostRecords = Infinity, mostFields = 2 ** 31 }: CsvLimits = {}): string[][] {
  const records: string[][] = [];
  for (let from = 0; from < text.length && records.length < mostRecords;) {
    const blank = ["\n", "\r\n"].find((end) => text.startsWith(end, from));
    const read = blank === undefined ? readRecord(text, from, mostFields) : null;
    if (read) records.push(read.record);
    from = read ? read.next : from + (blank?.length ?? 0);
  }
  return records;
}

function readRecord(text: string, from: number, mostFields: number) {
  const end = indexOrEnd(text.indexOf("\n", from), text);
  const line = text.slice(from, end);
  // Most lines are this simple, and the table is read at every check.
  if (!line.includes('"')) return { record: withoutReturn(line).split(",", mostFields), next: end + 1 };
  const record: string[] = [];
  for (let at = from; ;) {
    const field = readField(text, at);
    if (record.length < mostFields) record.push(field.value);
    if (text[field.end] !== ",") return { record, next: field.end + 1 };
    at = field.end + 1;
  }
}

const FIELD_END = /[,\n]/g;

/** `end`: where the comma or line end stands, or the end of the text. */
function readField(text: string, from: number): { readonly value: string; readonly end: number } {
  const isQuoted = text[from] === '"';
  const closing = isQuoted ? closingQuote(text, from + 1) : from;
  const quoted = isQuoted ? text.slice(from + 1, closing).replaceAll('""', '"') : "";
  const restFrom = isQuoted ? closing + 1 : from;
  FIELD_END.lastIndex = restFrom;
  const end = FIELD_END.exec(text)?.index ?? text.length;
  const rest = text.slice(restFrom, end);
  return { value: quoted + (text[end] === "," ? rest : withoutReturn(rest)), end: Math.max(end, restFrom) };
}

/** The end of the text where none closes. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return indexOrEnd(at, text);
}

function indexOrEnd(index: number, text: string): number {
  return index < 0 ? text.length : index;
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
