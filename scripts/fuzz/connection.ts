/**
 * One connection to the service under test: kept and used again for ordinary requests, alone and half closed for raw bytes.
 * Used by run.ts, one exchange at a time. Knows framing, no meaning.
 * Invariant: an exchange ends, with answers or with the reason why there are none, at the latest when its time is up.
 */
import { connect, type Socket } from "node:net";
import { ResponseFault, ResponseParser, type Answer } from "../response-parser.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Exchange {
  /** In the order of the requests; fewer when the service closed the connection. */
  readonly answers: readonly Answer[];
  readonly durationMs: number;
  /** Why there are not more answers; null when all have come. */
  readonly fault: string | null;
}

export interface Sent {
  readonly bytes: Buffer;
  /** `HEAD`: an answer without a body. */
  readonly method: string;
}

/** What HTTP lets a server do between two answers, but not before the first. */
export const CLOSED = "the connection was closed";

const ANSWER_TIMEOUT_MS = 10_000;
const HALF_CLOSE_MS = 300;

/** A socket, what has come over it, and whether anybody has been answered on it. */
class Line {
  readonly socket: Socket;
  readonly parser = new ResponseParser();
  readonly #chunks: AsyncIterator<Buffer, unknown>;
  isUsed = false;

  constructor(address: Address) {
    this.socket = connect({ ...address, noDelay: true });
    this.socket.on("error", () => {}); // whoever waits hears of it from the iterator
    this.#chunks = this.socket[Symbol.asyncIterator]();
  }

  /** What has come unasked cannot be told from the answer to the next request. */
  get hasUnasked(): boolean {
    return this.parser.hasRest || this.socket.readableLength > 0;
  }

  /** Rejects with the reason why there is none. */
  async answer(isToHead: boolean): Promise<Answer> {
    for (;;) {
      const answer = this.parser.next({ isToHead });
      if (answer) return answer;
      const { value, done } = await this.#chunks.next();
      if (done) throw new Error(CLOSED);
      this.parser.add(value);
    }
  }
}

export class KeptConnection {
  readonly #address: Address;
  #line: Line | null = null;

  constructor(address: Address) {
    this.#address = address;
  }

  /** Sends all at once. A kept connection that was closed meanwhile is replaced, as HTTP clients do. */
  async exchange(requests: readonly Sent[]): Promise<Exchange> {
    const isUsed = this.#line?.isUsed === true;
    const first = await this.#attempt(requests);
    return isUsed && first.answers.length === 0 && first.fault === CLOSED ? this.#attempt(requests) : first;
  }

  close(): void {
    this.#line?.socket.destroy();
    this.#line = null;
  }

  async #attempt(requests: readonly Sent[]): Promise<Exchange> {
    const startedMs = performance.now();
    if (this.#line?.hasUnasked) this.close();
    const line = (this.#line ??= new Line(this.#address));
    const answers: Answer[] = [];
    const timer = setTimeout(() => line.socket.destroy(new Error("no answer in time")), ANSWER_TIMEOUT_MS);
    const fault = await readAll(line, requests, answers).catch(reasonOf);
    clearTimeout(timer);
    line.isUsed = true;
    if (fault !== null || closes(answers.at(-1))) this.close();
    return { answers, durationMs: performance.now() - startedMs, fault };
  }
}

/** Resolves with a fault that leaves all answers whole, or null; rejects where an answer is missing. */
async function readAll(line: Line, requests: readonly Sent[], answers: Answer[]): Promise<string | null> {
  line.socket.write(Buffer.concat(requests.map(({ bytes }) => bytes)));
  for (const { method } of requests) {
    if (closes(answers.at(-1))) throw new Error(CLOSED);
    answers.push(await line.answer(method === "HEAD"));
  }
  // Before the end of a connection they harm nobody: a refusal without knowledge of the method has a body, also for HEAD.
  return line.parser.hasRest && !closes(answers.at(-1)) ? "more bytes than answers" : null;
}

function closes(answer: Answer | undefined): boolean {
  return answer?.headers.get("connection")?.toLowerCase() === "close";
}

/** A connection that broke was closed, whatever the system calls it. */
function reasonOf(error: Error): string {
  if (error instanceof ResponseFault) return `not an answer: ${error.message}`;
  return "code" in error ? CLOSED : error.message;
}

/**
 * Sends the bytes and reads every answer until the service closes. Half closes when the first answer has begun, or after a
 * while, so that a request that is not complete ends as well: a half close before the answer is taken for a client that left.
 */
export function exchangeRaw(address: Address, bytes: Buffer): Promise<Exchange> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const parser = new ResponseParser();
    const socket = connect({ ...address, allowHalfOpen: true }, () => socket.write(bytes));
    const halfClose = setTimeout(() => socket.end(), HALF_CLOSE_MS);
    const giveUp = setTimeout(() => socket.destroy(), ANSWER_TIMEOUT_MS);
    socket.on("data", (chunk) => {
      parser.add(chunk);
      socket.end();
    });
    // A service that refuses early may reset while we still send; what it said before counts.
    socket.on("error", () => {});
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(halfClose);
      clearTimeout(giveUp);
      const durationMs = performance.now() - startedMs;
      const fault = durationMs < ANSWER_TIMEOUT_MS ? null : "the connection stays open";
      resolve({ durationMs, ...answersOf(parser, bytes, fault) });
    });
  });
}

function answersOf(parser: ResponseParser, asked: Buffer, fault: string | null): Omit<Exchange, "durationMs"> {
  const answers: Answer[] = [];
  try {
    const isToHead = asked.subarray(0, 5).toString() === "HEAD ";
    for (let response; (response = parser.next({ isToHead, hasEnded: true }));) answers.push(response);
    return { answers, fault: fault ?? (parser.hasRest ? "bytes that are no answer" : null) };
  } catch (error) {
    return { answers, fault: fault ?? `not an answer: ${error instanceof Error ? error.message : String(error)}` };
  }
}
