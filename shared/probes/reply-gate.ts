/**
 * One reply a command, and not a byte more: what a Redis sends unasked never reaches the parser, which would make an error with a
 * stack of each of them (a flood of `+PONG` held up the whole monitor for seconds).
 * Used by redis.ts. Protocol: RESP2 (redis.io/docs/latest/develop/reference/protocol-spec); the commands of a probe are answered by a
 * line or a bulk string. Invariant: once something was refused, nothing more is let through.
 */

/** Error replies are a sentence. */
const MAX_LINE_BYTES = 4_096;
/** INFO takes some 5 kB. */
const MAX_BULK_BYTES = 262_144;

const LINE_FEED = 0x0a;
const LINE_END_BYTES = 2;

const latin1 = new TextDecoder("latin1");

export class ReplyGate {
  #isExpected = false;
  #isShut = false;
  /** Of the line that has begun. */
  #line = "";
  /** Bytes of the bulk string that are still to come. */
  #leftBytes = 0;

  /** To be called before each command. */
  expect(): void {
    this.#isExpected = true;
  }

  /** False when more has come than was asked for, or something else. */
  admits(chunk: Uint8Array): boolean {
    for (let from = 0; from < chunk.length && !this.#isShut;) {
      if (this.#leftBytes > 0) {
        const taken = Math.min(this.#leftBytes, chunk.length - from);
        from += taken;
        this.#leftBytes -= taken;
        this.#isExpected = this.#leftBytes > 0;
        continue;
      }
      const end = chunk.indexOf(LINE_FEED, from);
      const until = end < 0 ? chunk.length : end + 1;
      this.#isShut = !this.#isExpected || this.#line.length + until - from > MAX_LINE_BYTES;
      if (this.#isShut) break;
      this.#line += latin1.decode(chunk.subarray(from, until));
      from = until;
      if (end >= 0) this.#endLine();
    }
    return !this.#isShut;
  }

  #endLine(): void {
    const line = this.#line.trimEnd();
    this.#line = "";
    const bulkBytes = /^\$\d+$/.test(line) ? Number(line.slice(1)) : null;
    this.#leftBytes = bulkBytes === null ? 0 : bulkBytes + LINE_END_BYTES;
    this.#isExpected = bulkBytes !== null;
    this.#isShut = bulkBytes === null ? !/^([+:-]|\$-1$)/.test(line) : bulkBytes > MAX_BULK_BYTES;
  }
}
