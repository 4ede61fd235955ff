/**
 * An undici client that speaks on exactly one connection, opened when its first request is sent.
 * Attempts make it; pooled exchanges keep it for the next one. A client of its own costs no more than an Agent (both 0.85 of
 * `undici.request`, 2026-11, 4,000 fresh probes) and tells which request runs on which connection, which an Agent does not.
 * Invariant: it never reconnects by itself, so that a request on a dead connection fails instead of hiding it.
 */
import { Socket } from "node:net";
import type { Dispatcher } from "undici";
// The client alone: all of undici costs 11 MB more of resident memory (8.12, 2026-11).
import Client from "undici/lib/dispatcher/client.js";
import { ConnectionError } from "./exchange-failure.ts";
import { openSocket, type ConnectionOptions, type ConnectorDependencies } from "./open-socket.ts";

/** As in the seed's client session: connections rest for a minute at most, less when the server asks for it. */
const KEEP_ALIVE_MS = 60_000;

/** Node's own limit; more is the peer's mistake or an attack. */
const MAX_HEADER_BYTES = 16_384;

/** Honest answers take one or two. Asking a socket for its bytes at each cost 3 % of an exchange on a kept connection. */
const FREE_READS = 4;

export class HttpConnection {
  readonly #client: Client;
  #close: (() => void) | null = null;
  #socket: Socket | null = null;
  #reads = 0;
  #mostBytes = Infinity;
  #exceeded: (() => void) | null = null;
  /** End of validity of the peer's certificate, epoch ms; known once the handshake has ended. */
  certificateExpiresAtMs: number | undefined;

  constructor(options: ConnectionOptions, dependencies: ConnectorDependencies) {
    this.#client = new Client(options.target.origin, {
      connect: ({ servername }, done) => {
        if (this.#close) {
          done(new ConnectionError({ reason: "reset", message: "The idle connection was closed" }), null);
          return;
        }
        const socketOptions = { ...options, serverName: servername ?? null };
        this.#close = openSocket(socketOptions, dependencies, (result, certificateExpiresAtMs) => {
          this.certificateExpiresAtMs = certificateExpiresAtMs;
          if (result instanceof Socket) {
            this.#socket = result;
            done(null, result);
          } else done(new ConnectionError(result), null);
        });
      },
      // The attempt has one deadline over everything; timers of undici would only cost time.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  get isOpen(): boolean {
    return this.#socket !== null && !this.#socket.destroyed;
  }

  send(request: Omit<Dispatcher.DispatchOptions, "origin">, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(request, handler);
  }

  /**
   * Calls back, perhaps more than once, when the peer sends more than that, and what a few reads bring, from now on; replaces
   * the limit before it. To be called when a request has been begun.
   */
  limitBytes(mostBytes: number, exceeded: () => void): void {
    const socket = this.#socket;
    if (socket === null) return;
    const isWatched = this.#exceeded !== null;
    this.#reads = 0;
    this.#mostBytes = mostBytes;
    this.#exceeded = exceeded;
    // After whoever reads: it only counts what has been read.
    if (!isWatched) socket.on("readable", () => this.#countRead(socket));
  }

  #countRead(socket: Socket): void {
    this.#reads += 1;
    if (this.#reads < FREE_READS) return;
    if (this.#reads === FREE_READS) this.#mostBytes += socket.bytesRead;
    else if (socket.bytesRead > this.#mostBytes) this.#exceeded?.();
  }

  /** Closes the connection at once, also while it is being opened; idempotent. */
  destroy(): void {
    this.#close?.();
  }
}
