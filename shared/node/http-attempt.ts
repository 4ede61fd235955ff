/**
 * One request on one connection, and the reading of its answer, as a dispatch handler of undici. Knows no retries, no redirects.
 * Invariant: `settle` is called exactly once, at the latest when the deadline passes; nothing of it stays open after that,
 * except a complete exchange's connection that is to be kept.
 */
import type { Dispatcher } from "undici";
import { BROKEN_BODY, deadlineFailure, UNKNOWN_ENCODING, type Failure } from "../domain/net/connection-failure.ts";
import type { HttpResponse, HttpExchangeRequest, HttpFailure } from "../ports/http-transport.ts";
import { BodyReader, findDecoder } from "./body-reader.ts";
import { exchangeFailure } from "./exchange-failure.ts";
import { HttpConnection } from "./http-connection.ts";
import { isConnectedIn, PhaseClock } from "./phase-clock.ts";
import type { ConnectorDependencies } from "./open-socket.ts";

export interface AttemptOptions {
  readonly request: HttpExchangeRequest;
  /** What is left of the request's own timeout. */
  readonly timeoutMs: number;
  /** An open connection to use; null opens a fresh one. */
  readonly reused: HttpConnection | null;
  /** Takes the connection after a complete exchange; null closes it. */
  readonly keep: ((connection: HttpConnection) => void) | null;
}

type Outcome = HttpResponse | HttpFailure;

/** Sent unless the request has headers of the same names. */
const DEFAULT_HEADERS = { "accept-encoding": "identity", "user-agent": "langgraph-monitoring" };

/** Never rejects. */
export function attemptExchange(options: AttemptOptions, dependencies: ConnectorDependencies): Promise<Outcome> {
  return new Promise((settle) => new HttpAttempt(options, dependencies, settle).start());
}

const ENDLESS: Failure = { reason: "protocol", message: "The answer does not end" };

/**
 * A body sent byte by byte takes six bytes a byte, so an honest answer takes less than this. Hints and chunk extensions
 * without end never get as far as a body, and would keep us reading at full speed up to the deadline.
 */
const MAX_WIRE_RATIO = 8;
const HEADER_ALLOWANCE_BYTES = 65_536;

class HttpAttempt implements Dispatcher.DispatchHandler {
  readonly #options: AttemptOptions;
  readonly #settle: (outcome: Outcome) => void;
  readonly #phases = new PhaseClock();
  readonly #connection: HttpConnection;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #statusCode = 0;
  #headers: Readonly<Record<string, string>> = {};
  #body: BodyReader | null = null;

  constructor(options: AttemptOptions, dependencies: ConnectorDependencies, settle: (outcome: Outcome) => void) {
    const { timeoutMs, reused } = options;
    const { target, verifyTls = true } = options.request;
    this.#options = options;
    this.#settle = settle;
    this.#connection =
      reused ?? new HttpConnection({ target, verifyTls, timeoutMs, phases: this.#phases }, dependencies);
  }

  start(): void {
    const { request, timeoutMs, reused, keep } = this.#options;
    if (reused) this.#phases.enter("firstByte");
    this.#timer = setTimeout(() => this.#fail(deadlineFailure(isConnectedIn(this.#phases.phase))), timeoutMs);
    this.#connection.send(
      {
        path: request.target.path,
        method: request.method,
        headers: { ...DEFAULT_HEADERS, ...request.headers },
        body: request.body,
        ...(keep === null && { reset: true }),
      },
      this,
    );
  }

  onRequestStart(): void {
    const mostBytes = MAX_WIRE_RATIO * this.#options.request.maxBodyBytes + HEADER_ALLOWANCE_BYTES;
    this.#connection.limitBytes(mostBytes, () => this.#fail(ENDLESS));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: { readonly [name: string]: string | string[] | undefined },
  ): void {
    if (this.#isOver || statusCode < 200) return;
    this.#phases.enter("body");
    this.#statusCode = statusCode;
    this.#headers = joinHeaders(headers);
    const makeDecoder = findDecoder(this.#headers["content-encoding"]);
    if (makeDecoder === undefined) {
      this.#fail(UNKNOWN_ENCODING);
      return;
    }
    this.#body = new BodyReader(this.#options.request.maxBodyBytes, makeDecoder, {
      onBody: (body, truncated) => this.#response(body, truncated),
      onBroken: () => this.#fail(BROKEN_BODY),
      onBusy: () => controller.pause(),
      onReady: () => controller.resume(),
    });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#body?.write(chunk);
  }

  onResponseEnd(): void {
    this.#body?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(exchangeFailure(error, this.#phases.phase));
  }

  #response(body: Uint8Array, truncated: boolean): void {
    if (this.#isOver) return;
    this.#end(!truncated);
    this.#settle({
      kind: "response",
      statusCode: this.#statusCode,
      headers: this.#headers,
      body,
      truncated,
      ...this.#measurements(),
    });
  }

  #fail({ reason, message }: Failure): void {
    if (this.#isOver) return;
    this.#end(false);
    this.#settle({ kind: "failure", reason, message, ...this.#measurements() });
  }

  /** The connection can serve another exchange only when this one's answer was read to its end. */
  #end(isComplete: boolean): void {
    this.#isOver = true;
    this.#phases.end();
    clearTimeout(this.#timer);
    this.#body?.destroy();
    if (isComplete && this.#options.keep) this.#options.keep(this.#connection);
    else this.#connection.destroy();
  }

  #measurements(): Pick<Outcome, "durationMs" | "timings" | "certificateExpiresAtMs"> {
    const { certificateExpiresAtMs } = this.#connection;
    return {
      durationMs: this.#phases.elapsedMs(),
      timings: this.#phases.timings,
      ...(certificateExpiresAtMs !== undefined && { certificateExpiresAtMs }),
    };
  }
}

function joinHeaders(headers: { readonly [name: string]: string | string[] | undefined }): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name] = typeof value === "string" ? value : value.join(", ");
  }
  return joined;
}
