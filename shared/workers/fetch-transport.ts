/**
 * The HTTP transport of the Workers runtime: one deadline, one body cap and one closed list of failures over `fetch`.
 * Implements the port `http-transport`. The platform owns connections, names and certificates: it tells neither their phases
 * nor their expiry, and it decides whether a connection is reused.
 * Invariant: nothing is told of a failure but its class; texts of the platform never get into a message.
 */
import { toTenthMs, type Timings } from "../domain/monitoring/check.ts";
import { BROKEN_BODY, deadlineFailure, type Failure } from "../domain/net/connection-failure.ts";
import { admitAddress } from "../domain/net/target.ts";
import type { Clock } from "../ports/clock.ts";
import type { HttpResponse, HttpExchangeRequest, HttpFailure, HttpTransport } from "../ports/http-transport.ts";
import { diagnoseLostConnection } from "./diagnose.ts";
import {
  findResponseFault,
  isLostConnection,
  isShortage,
  LOST,
  PROTOCOL,
  SHORTAGE,
  UNSENDABLE,
} from "./fetch-failure.ts";

/** What can send a request: the platform itself, or a Workers VPC binding that leads into a private network. */
export interface Sender {
  fetch(url: string, init: RequestInit): Promise<Response>;
}

export interface FetchTransportOptions {
  readonly clock: Clock;
  /** The binding of that name, for requests with `via`; null when there is none. */
  binding(name: string): Sender | null;
}

const DEFAULT_HEADERS = { "accept-encoding": "identity", "user-agent": "langgraph-monitoring" };

const PLATFORM: Sender = { fetch: (url, init) => fetch(url, init) };

const NO_BINDING: Failure = { reason: "config", message: "The binding that via names does not exist" };

export function createFetchTransport(options: FetchTransportOptions): HttpTransport {
  return { exchange: (request) => new Exchange(request, options).run() };
}

class Exchange {
  readonly #request: HttpExchangeRequest;
  readonly #options: FetchTransportOptions;
  readonly #startMs: number;
  #firstByteAtMs: number | null = null;
  #isLate = false;

  constructor(request: HttpExchangeRequest, options: FetchTransportOptions) {
    this.#request = request;
    this.#options = options;
    this.#startMs = options.clock.monotonicMs();
  }

  async run(): Promise<HttpResponse | HttpFailure> {
    const { target, via, timeoutMs } = this.#request;
    const admitted = admitAddress(target, null);
    if ("failure" in admitted) return this.#fail(admitted.failure);
    const sender = via === undefined ? PLATFORM : this.#options.binding(via);
    if (sender === null) return this.#fail(NO_BINDING);

    const abort = new AbortController();
    const disarm = this.#options.clock.after(timeoutMs, () => {
      this.#isLate = true;
      abort.abort();
    });
    try {
      return await this.#ask(sender, abort.signal);
    } catch (error) {
      return this.#fail(this.#isLate ? deadlineFailure(true) : await this.#explain(error));
    } finally {
      disarm();
    }
  }

  async #ask(sender: Sender, signal: AbortSignal): Promise<HttpResponse | HttpFailure> {
    const { target, method, headers, body, maxBodyBytes } = this.#request;
    const init: RequestInit = { method, headers: { ...DEFAULT_HEADERS, ...headers }, body, signal };
    const response = await sender.fetch(target.href, { ...init, redirect: "manual", cache: "no-store" });
    this.#firstByteAtMs = this.#options.clock.monotonicMs();
    const failure = findResponseFault(response);
    const content = await readBody(response, failure ? 0 : maxBodyBytes);
    if (failure) return this.#fail(failure);
    return {
      kind: "response",
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      ...content,
      ...this.#measurements(),
    };
  }

  /** Before the answer began, the platform says of most failures only that there was one; asking the port says more. */
  async #explain(error: unknown): Promise<Failure> {
    if (isShortage(error)) return SHORTAGE;
    if (this.#firstByteAtMs !== null) return isLostConnection(error) ? LOST : BROKEN_BODY;
    if (error instanceof TypeError) return UNSENDABLE;
    const { target, via, timeoutMs } = this.#request;
    if (via !== undefined) return isLostConnection(error) ? LOST : PROTOCOL;
    const { clock } = this.#options;
    const leftMs = timeoutMs - (clock.monotonicMs() - this.#startMs);
    const found = await diagnoseLostConnection(target, { clock, timeoutMs: Math.max(leftMs, 1) });
    return found ?? (isLostConnection(error) ? LOST : PROTOCOL);
  }

  #fail({ reason, message }: Failure): HttpFailure {
    return { kind: "failure", reason, message, ...this.#measurements() };
  }

  #measurements(): { durationMs: number; timings: Timings } {
    const nowMs = this.#options.clock.monotonicMs();
    const firstByteAtMs = this.#firstByteAtMs;
    const durationMs = toTenthMs(nowMs - this.#startMs);
    if (firstByteAtMs === null) return { durationMs, timings: { firstByteMs: durationMs } };
    return {
      durationMs,
      timings: { firstByteMs: toTenthMs(firstByteAtMs - this.#startMs), bodyMs: toTenthMs(nowMs - firstByteAtMs) },
    };
  }
}

/** Up to its cap, hanging up on the rest. Rejects with the platform's error when the body breaks off or cannot be decoded. */
async function readBody({ body }: Response, maxBytes: number): Promise<Pick<HttpResponse, "body" | "truncated">> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let room = maxBytes;
  let truncated = false;
  for await (const chunk of body ?? []) {
    truncated = chunk.length > room;
    chunks.push(truncated ? chunk.subarray(0, room) : chunk);
    room -= chunk.length;
    if (truncated) break;
  }
  return { body: new Uint8Array(await new Blob(chunks).arrayBuffer()), truncated };
}
