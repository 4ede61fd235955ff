/**
 * HTTP/1.1 answers out of the bytes of one connection, strictly: what a client could misread is an error here.
 * Used by connection.ts. Knows framing only, neither JSON nor what was asked.
 * Invariant: a byte is given away exactly once; what is no answer throws ResponseFault.
 */
export interface Answer {
  readonly status: number;
  /** Names in lower case; repeated ones joined by ", ". */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export class ResponseFault extends Error {}

const END_OF_HEAD = "\r\n\r\n";
const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e\x80-\xff]*$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9a-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/i;

export class ResponseParser {
  #bytes: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  /** Below this many bytes it is not worth to look again. */
  #wanted = 0;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  /** True when bytes are left that no answer has taken. */
  get hasRest(): boolean {
    return this.#bytes.length > 0 || this.#chunks.length > 0;
  }

  /** The next final answer, or null when it is not complete; `hasEnded` when no more bytes will come. */
  next({ isToHead, hasEnded = false }: { isToHead: boolean; hasEnded?: boolean }): Answer | null {
    const size = this.#bytes.length + this.#chunks.reduce((sum, { length }) => sum + length, 0);
    if (size < this.#wanted && !hasEnded) return null;
    this.#bytes = Buffer.concat([this.#bytes, ...this.#chunks]);
    this.#chunks = [];
    const end = this.#bytes.indexOf(END_OF_HEAD);
    if (end < 0) return null;
    const { status, headers } = headOf(this.#bytes.toString("latin1", 0, end));
    const start = end + END_OF_HEAD.length;
    const isBodiless = isToHead || status === 204 || status === 304 || status < 200;
    const framed = isBodiless ? { body: Buffer.alloc(0), end: start } : this.#body(headers, start, hasEnded);
    if (framed === null) return null;
    this.#bytes = this.#bytes.subarray(framed.end);
    this.#wanted = 0;
    return status < 200 ? this.next({ isToHead, hasEnded }) : { status, headers, body: framed.body };
  }

  #body(headers: ReadonlyMap<string, string>, start: number, hasEnded: boolean): { body: Buffer; end: number } | null {
    const length = headers.get("content-length");
    const encoding = headers.get("transfer-encoding");
    if (encoding !== undefined) {
      if (encoding !== "chunked" || length !== undefined) throw new ResponseFault("ambiguous framing of the answer");
      return this.#chunked(start);
    }
    if (length === undefined) return hasEnded ? { body: this.#bytes.subarray(start), end: this.#bytes.length } : null;
    if (!/^\d+$/.test(length)) throw new ResponseFault(`content-length: ${length}`);
    const end = start + Number(length);
    this.#wanted = end;
    return this.#bytes.length < end ? null : { body: this.#bytes.subarray(start, end), end };
  }

  #chunked(start: number): { body: Buffer; end: number } | null {
    const parts: Buffer[] = [];
    for (let at = start; ;) {
      const lineEnd = this.#bytes.indexOf("\r\n", at);
      if (lineEnd < 0) return null;
      const line = this.#bytes.toString("latin1", at, lineEnd);
      if (!/^[0-9a-f]{1,8}$/i.test(line)) throw new ResponseFault(`chunk size ${JSON.stringify(line)}`);
      const size = Number.parseInt(line, 16);
      const end = lineEnd + 2 + size;
      if (this.#bytes.length < end + 2) return null;
      parts.push(this.#bytes.subarray(lineEnd + 2, end));
      at = end + 2;
      if (size === 0) return { body: Buffer.concat(parts), end: at };
    }
  }
}

function headOf(head: string): { status: number; headers: Map<string, string> } {
  const [statusLine = "", ...lines] = head.split("\r\n");
  const status = STATUS_LINE.exec(statusLine)?.[1];
  if (status === undefined) throw new ResponseFault(`status line ${JSON.stringify(statusLine.slice(0, 100))}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", value = ""] = HEADER_LINE.exec(line) ?? [];
    if (name === "") throw new ResponseFault(`header line ${JSON.stringify(line.slice(0, 100))}`);
    const known = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), known === undefined ? value.trim() : `${known}, ${value.trim()}`);
  }
  return { status: Number(status), headers };
}
