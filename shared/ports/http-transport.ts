/**
 * One HTTP exchange as a probe needs it: timed by phase, bounded in time and size, never throwing.
 * Probers of HTTP services call it; runtimes implement it (undici on Node, fetch on Workers). It knows nothing of services.
 * Invariant: what goes wrong with the target is a returned value; a rejection is a bug of the implementation.
 */
import type { Timings } from "../domain/monitoring/check.ts";
import type { Failure } from "../domain/net/connection-failure.ts";
import type { UrlTarget } from "../domain/net/target.ts";

export interface HttpExchangeRequest {
  /** An address that its `allowLoopback` does not allow is refused with `forbidden_address`, also behind a name. */
  readonly target: UrlTarget;
  readonly method: string;
  /** Names in lower case. `accept-encoding: identity` and a user agent are added when absent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Deadline over the whole exchange, from name resolution to the last byte of the body; > 0. */
  readonly timeoutMs: number;
  /** Decoded body bytes beyond this are not read; the answer is then marked `truncated`. */
  readonly maxBodyBytes: number;
  /** `pooled` may reuse an idle connection; `fresh`, the default, never does and closes its own. */
  readonly connection?: "fresh" | "pooled";
  /**
   * Name of the binding of the Workers runtime that leads to the target's network; by default it is asked from the runtime's
   * own. Runtimes that stand in that network themselves ignore it.
   */
  readonly via?: string | undefined;
  /**
   * False accepts a certificate whoever signed it and for whichever host; one that has expired or is not valid yet fails all
   * the same. Default: true. A runtime that cannot do this verifies always.
   */
  readonly verifyTls?: boolean;
}

/** What is known of an exchange however it ended. */
interface Exchanged {
  readonly durationMs: number;
  readonly timings: Timings;
  /** End of validity of the peer's certificate, epoch ms; absent for http, before the handshake, and where it cannot be read. */
  readonly certificateExpiresAtMs?: number;
}

export interface HttpResponse extends Exchanged {
  readonly kind: "response";
  readonly statusCode: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded body, at most `maxBodyBytes` long. */
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

export interface HttpFailure extends Exchanged, Failure {
  readonly kind: "failure";
}

export interface HttpTransport {
  /**
   * Sends one request and reads its answer, without following redirects. Never rejects. Ends at most 100 ms after
   * `timeoutMs`. A failure on a reused connection is repeated on a fresh one within the same deadline before it counts.
   * Safe to run concurrently; holds no connection after a `fresh` exchange.
   */
  exchange(request: HttpExchangeRequest): Promise<HttpResponse | HttpFailure>;
}
