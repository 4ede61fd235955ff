/**
 * One connection to the service under test: for some ordinary requests, or for raw bytes, after which it is half closed.
 * Used by run.ts. Knows framing, no meaning.
 * Invariant: an exchange ends, with answers or with the reason why there are none, at the latest when its time is up.
 */
import { connect } from "node:net";
import { ResponseFault, ResponseParser, type Answer } from "../response-parser.ts";
import { formatRequest, type OrdinaryRequest } from "./requests.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Answered {
  readonly request: OrdinaryRequest;
  readonly answer: Answer;
  readonly durationMs: number;
}

/** What HTTP lets a server do between two answers, but not before the first. */
export const CLOSED = "the connection was closed";

const ANSWER_TIMEOUT_MS = 10_000;
const LEAST_PATIENCE_MS = 300;
/** From one try to the next: 0.3, 1.8 and 10.8 s. */
const MORE_PATIENCE = 6;

/**
 * Sends the requests one after the other has been answered, or all at once. `fault` is the reason why the next one has no answer,
 * null when all have.
 */
export async function exchange(
  address: Address,
  requests: readonly OrdinaryRequest[],
  isPipelined: boolean,
): Promise<{ answered: readonly Answered[]; fault: string | null }> {
  const answered: Answered[] = [];
  const socket = connect({ ...address, noDelay: true });
  socket.on("error", () => {}); // whoever waits hears of it from the iterator
  const timer = setTimeout(() => socket.destroy(new Error("no answer in time")), ANSWER_TIMEOUT_MS);
  const chunks: AsyncIterator<Buffer, unknown> = socket[Symbol.asyncIterator]();
  const parser = new ResponseParser();
  let isOver = false;
  try {
    if (isPipelined) socket.write(Buffer.concat(requests.map(formatRequest)));
    for (const [index, request] of requests.entries()) {
      const startedMs = performance.now();
      if (isOver) throw new Error(CLOSED);
      if (!isPipelined) socket.write(formatRequest(request));
      const answer = await nextAnswer(parser, chunks, request.method === "HEAD");
      isOver = answer.headers.get("connection")?.toLowerCase() === "close";
      // Before the end of a connection they harm nobody: a refusal without knowledge of the method has a body, also for HEAD.
      const isLast = !isPipelined || index === requests.length - 1;
      if (parser.hasRest && isLast && !isOver) throw new Error("more bytes than answers");
      answered.push({ request, answer, durationMs: performance.now() - startedMs });
      timer.refresh();
    }
    return { answered, fault: null };
  } catch (error) {
    return { answered, fault: nameFault(error as Error) };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** Rejects with the reason why there is none. */
async function nextAnswer(
  parser: ResponseParser,
  chunks: AsyncIterator<Buffer, unknown>,
  isToHead: boolean,
): Promise<Answer> {
  for (;;) {
    const answer = parser.next({ isToHead });
    if (answer) return answer;
    const { value, done } = await chunks.next();
    if (done) throw new Error(CLOSED);
    parser.add(value);
  }
}

/** A connection that broke was closed, whatever the system calls it. */
function nameFault(error: Error): string {
  if (error instanceof ResponseFault) return `not an answer: ${error.message}`;
  return "code" in error ? CLOSED : error.message;
}

/**
 * Sends the bytes and reads every answer until the service closes. Half closes when the first answer has begun, or after a while,
 * so that a request that is not complete ends as well. A half close before the answer is taken for a client that left: when the
 * answers are not whole after one, the service may only be busy, and is asked again with more patience, at last with all of it.
 */
export async function exchangeRaw(
  address: Address,
  bytes: Buffer,
  patienceMs = LEAST_PATIENCE_MS,
): Promise<{ answers: readonly Answer[]; fault: string | null }> {
  const parser = new ResponseParser();
  const socket = connect({ ...address, allowHalfOpen: true }, () => socket.write(bytes));
  socket.on("data", (chunk) => {
    parser.add(chunk);
    socket.end();
  });
  // A service that refuses early may reset while we still send; what it said before counts.
  socket.on("error", () => {});
  socket.on("end", () => socket.destroy());
  let wasHasty = false;
  let fault: string | null = null;
  const halfClose = setTimeout(() => {
    wasHasty = !parser.hasRest;
    socket.end();
  }, patienceMs);
  const giveUp = setTimeout(() => {
    fault = "the connection stays open";
    wasHasty = false;
    socket.destroy();
  }, patienceMs + ANSWER_TIMEOUT_MS);
  await new Promise((resolve) => socket.once("close", resolve));
  clearTimeout(halfClose);
  clearTimeout(giveUp);
  const answers: Answer[] = [];
  try {
    const isToHead = bytes.toString("latin1", 0, 5) === "HEAD ";
    for (let answer; (answer = parser.next({ isToHead, hasEnded: true }));) answers.push(answer);
    if (parser.hasRest) fault ??= "bytes that are no answer";
  } catch (error) {
    fault ??= nameFault(error as Error);
  }
  const isWhole = answers.length > 0 && fault === null;
  if (isWhole || !wasHasty || patienceMs >= ANSWER_TIMEOUT_MS) return { answers, fault };
  return exchangeRaw(address, bytes, patienceMs * MORE_PATIENCE);
}
