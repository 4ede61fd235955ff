/**
 * HTTP/1.1 answers out of the bytes of one connection, strictly: what a client could misread is an error here.
 * Used by the fuzzer, by the benchmark's load client and by tests. Knows framing only, neither JSON nor what was asked.
 *
 *     parser.add(chunk);
 *     for (let answer; (answer = parser.next());) console.log(answer.status, answer.body.toString());
 *
 * Invariant: a byte is given away exactly once; what is no answer throws ResponseFault.
 */
interface Head {
  readonly status: number;
  /** Names in lower case; repeated ones joined by ", ". */
  readonly headers: ReadonlyMap<string, string>;
}

export interface Answer extends Head {
  readonly body: Buffer;
  /** The informational statuses that came before it. */
  readonly interim: readonly number[];
}

export class ResponseFault extends Error {}

interface Asked {
  /** A head is all of an answer to HEAD. */
  readonly isToHead?: boolean;
  /** No more bytes will come, so an answer without a length is complete. */
  readonly hasEnded?: boolean;
}

const NOTHING = Buffer.alloc(0);
const END_OF_HEAD = "\r\n\r\n";
const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e\x80-\xff]*$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9a-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/i;

export class ResponseParser {
  #bytes: Buffer = NOTHING;
  /** Joined only when an answer may be whole: joining each one anew would copy a large answer a hundred times. */
  readonly #chunks: Buffer[] = [];
  #size = 0;
  /** Below this many bytes it is not worth to look again. */
  #wanted = 0;
  #interim: number[] = [];
  /** Most answers of a load begin with the very bytes that the last one began with. */
  #known: { readonly bytes: Buffer; readonly head: Head } | null = null;

  /** The chunk is kept: whoever uses its memory again hands in a copy. */
  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  get hasRest(): boolean {
    return this.#size > 0;
  }

  /** The next final answer, or null when it is not complete. */
  next(asked: Asked = {}): Answer | null {
    if (this.#size < this.#wanted && !asked.hasEnded) return null;
    if (this.#chunks.length > 0) this.#bytes = Buffer.concat([this.#bytes, ...this.#chunks.splice(0)]);
    for (let begun = this.#head(); begun !== null; begun = this.#head()) {
      const framed = this.#body(begun.head, begun.end, asked);
      if (!framed) break;
      this.#bytes = this.#bytes.subarray(framed.end);
      this.#size = this.#bytes.length;
      this.#wanted = 0;
      if (begun.head.status >= 200) return { ...begun.head, body: framed.body, interim: this.#interim.splice(0) };
      this.#interim.push(begun.head.status);
    }
    return null;
  }

  /** Null when it has not come whole. */
  #head(): { head: Head; end: number } | null {
    const known = this.#known;
    const length = known?.bytes.length ?? 0;
    if (known && this.#bytes.length >= length && this.#bytes.compare(known.bytes, 0, length, 0, length) === 0)
      return { head: known.head, end: length };
    const end = this.#bytes.indexOf(END_OF_HEAD);
    if (end < 0) return null;
    const head = parseHead(this.#bytes.toString("latin1", 0, end));
    const bytes = Buffer.from(this.#bytes.subarray(0, end + END_OF_HEAD.length));
    this.#known = { bytes, head };
    return { head, end: bytes.length };
  }

  #body({ status, headers }: Head, start: number, { isToHead, hasEnded }: Asked): { body: Buffer; end: number } | null {
    if (isToHead || status === 204 || status === 304 || status < 200) return { body: NOTHING, end: start };
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

function parseHead(head: string): Head {
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
