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

interface Waiting {
  readonly methods: readonly string[];
  readonly answers: Answer[];
  readonly startedMs: number;
  readonly resolve: (exchange: Exchange) => void;
}

export class KeptConnection {
  readonly #address: Address;
  #socket: Socket | null = null;
  #parser = new ResponseParser();
  #waiting: Waiting | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Answers on the connection in use. */
  #answered = 0;

  constructor(address: Address) {
    this.#address = address;
  }

  /** Sends all at once. A kept connection that was closed meanwhile is replaced, as HTTP clients do. */
  async exchange(requests: readonly Sent[]): Promise<Exchange> {
    const isUsed = this.#socket !== null && this.#answered > 0;
    const first = await this.#attempt(requests);
    return isUsed && first.answers.length === 0 && first.fault === CLOSED ? this.#attempt(requests) : first;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #attempt(requests: readonly Sent[]): Promise<Exchange> {
    return new Promise((resolve) => {
      this.#waiting = {
        methods: requests.map(({ method }) => method),
        answers: [],
        startedMs: performance.now(),
        resolve,
      };
      this.#timer = setTimeout(() => this.#end("no answer in time"), ANSWER_TIMEOUT_MS);
      this.#open().write(Buffer.concat(requests.map(({ bytes }) => bytes)));
    });
  }

  #open(): Socket {
    if (this.#socket) return this.#socket;
    const socket = connect({ ...this.#address, noDelay: true });
    this.#socket = socket;
    this.#parser = new ResponseParser();
    this.#answered = 0;
    let error: Error | null = null;
    socket.on("error", (cause) => (error = cause));
    socket.on("data", (chunk) => {
      if (this.#socket === socket) this.#read(chunk);
    });
    socket.on("close", () => {
      if (this.#socket === socket) this.#end(error === null || "code" in error ? CLOSED : error.message);
    });
    return socket;
  }

  #read(chunk: Buffer): void {
    this.#parser.add(chunk);
    try {
      while (this.#take());
      // What comes unasked cannot be told from the answer to the next request.
      if (this.#waiting === null && this.#parser.hasRest) this.close();
    } catch (error) {
      if (!(error instanceof ResponseFault)) throw error;
      this.#end(`not an answer: ${error.message}`);
    }
  }

  /** True when one more answer was complete and others are expected. */
  #take(): boolean {
    const waiting = this.#waiting;
    if (!waiting) return false;
    const response = this.#parser.next({ isToHead: waiting.methods[waiting.answers.length] === "HEAD" });
    if (!response) return false;
    waiting.answers.push(response);
    this.#answered += 1;
    const closes = response.headers.get("connection")?.toLowerCase() === "close";
    const isLast = waiting.answers.length === waiting.methods.length;
    // Before the end of a connection they harm nobody: a refusal without knowledge of the method has a body, also for HEAD.
    const hasTooMuch = this.#parser.hasRest && !closes;
    if (isLast) this.#end(hasTooMuch ? "more bytes than answers" : null, closes || hasTooMuch);
    else if (closes) this.#end(CLOSED);
    return this.#waiting !== null;
  }

  #end(fault: string | null, closes = fault !== null): void {
    if (closes) this.close();
    if (this.#timer) clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ answers: waiting.answers, durationMs: performance.now() - waiting.startedMs, fault });
  }
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
