/**
 * Finds the ends of the answers on one keep-alive connection, as cheaply as it can be done: the load client shares the
 * machine with the server it measures. Not an HTTP parser: it knows status 200 and content-length, and refuses the rest.
 * Invariant: an answer counts only when every byte of it has come; a byte too many is an error.
 */

const END_OF_HEAD = "\r\n\r\n";
const OK = "HTTP/1.1 200 ";
const CONTENT_LENGTH = /\r\ncontent-length: (\d+)\r\n/i;

export class ResponseReader {
  /** Of the last answer: most answers of a second begin with the very same bytes. */
  #head: Buffer = Buffer.alloc(0);
  #bodyBytes = 0;
  /** A head that has not come whole. */
  #begun: Buffer | null = null;
  /** What is missing of the answer that has begun. */
  #missingBytes = 0;

  /** True when an answer ends with this chunk, which is not kept. Throws on anything but one 200 after the other. */
  read(chunk: Buffer): boolean {
    if (this.#missingBytes > 0) return this.#take(chunk.length);
    const bytes = this.#begun === null ? chunk : Buffer.concat([this.#begun, chunk]);
    if (!this.#beginsWithKnownHead(bytes) && !this.#learnHead(bytes)) {
      this.#begun = Buffer.from(bytes);
      return false;
    }
    this.#begun = null;
    this.#missingBytes = this.#head.length + this.#bodyBytes;
    return this.#take(bytes.length);
  }

  #take(byteCount: number): boolean {
    this.#missingBytes -= byteCount;
    if (this.#missingBytes < 0) throw new Error("more bytes came than content-length announced");
    return this.#missingBytes === 0;
  }

  #beginsWithKnownHead(bytes: Buffer): boolean {
    const { length } = this.#head;
    return length > 0 && bytes.length >= length && bytes.compare(this.#head, 0, length, 0, length) === 0;
  }

  /** False when the head is not complete yet. */
  #learnHead(bytes: Buffer): boolean {
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0) return false;
    const head = bytes.subarray(0, end + END_OF_HEAD.length);
    const text = head.toString("latin1");
    const length = CONTENT_LENGTH.exec(text)?.[1];
    if (!text.startsWith(OK) || length === undefined) throw new Error(`not a 200 with content-length:\n${text}`);
    this.#head = Buffer.from(head);
    this.#bodyBytes = Number(length);
    return true;
  }
}
