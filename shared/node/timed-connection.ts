/**
 * Opens one socket for one exchange, phase by phase: name, address policy, TCP, TLS.
 * The exchange makes it and gives its socket to undici, which then only speaks HTTP on it. Undici's own connector would
 * not do: it hands out neither the socket while it connects nor the certificate of a peer that it refuses.
 * Invariant: no byte is sent to an address that the policy forbids, nor to a peer whose certificate is refused.
 */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type SecureContext, type TLSSocket } from "node:tls";
import {
  connectionFailure,
  errorCode,
  UNKNOWN_FAILURE,
  type Failure,
  type Resolution,
} from "../domain/net/connection-failure.ts";
import { admitAddress, type UrlTarget } from "../domain/net/target.ts";
import type { ResolveName } from "../ports/resolve-name.ts";
import type { PhaseClock } from "./phase-clock.ts";

export interface ConnectorDependencies {
  readonly resolveName: ResolveName;
  /** Shared by all connections: making one parses every trusted certificate and costs more than a handshake. */
  readonly secureContext: () => SecureContext;
}

export interface ConnectionOptions {
  readonly target: UrlTarget;
  readonly verifyTls: boolean;
  /** Bounds name resolution only; the owner watches the deadline and calls `destroy`. */
  readonly timeoutMs: number;
  readonly phases: PhaseClock;
}

/** Honest answers take one or two. Asking a socket for its bytes at each cost 3 % of an exchange on a kept connection. */
const FREE_READS = 4;

type Opened = (result: Socket | Failure) => void;

export class TimedConnection {
  readonly #options: ConnectionOptions;
  readonly #dependencies: ConnectorDependencies;
  #opened: Opened | null = null;
  #socket: Socket | null = null;
  #reads = 0;
  #mostBytes = Infinity;
  #exceeded: (() => void) | null = null;
  /** End of validity of the peer's certificate, epoch ms; known once the handshake has ended. */
  certificateExpiresAtMs: number | undefined;

  constructor(options: ConnectionOptions, dependencies: ConnectorDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
  }

  get isOpen(): boolean {
    return this.#socket !== null && !this.#socket.destroyed;
  }

  /** Calls back once, with a ready socket or with what went wrong; not at all after `destroy`. To be called once. */
  open(serverName: string | null, opened: Opened): void {
    const { target } = this.#options;
    this.#opened = opened;
    if (target.isAddress) this.#connect({ address: target.host }, serverName);
    else void this.#connectByName(serverName);
  }

  /**
   * Calls back, perhaps more than once, when the peer sends more than that, and what a few reads bring, from now on; replaces
   * the limit before it.
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

  /** Closes whatever is open, at once; idempotent. */
  destroy(): void {
    this.#opened = null;
    this.#socket?.destroy();
  }

  #settle(result: Socket | Failure): void {
    const opened = this.#opened;
    this.#opened = null;
    opened?.(result);
  }

  async #connectByName(serverName: string | null): Promise<void> {
    const { target, timeoutMs, phases } = this.#options;
    phases.enter("dns");
    const resolution = await this.#dependencies.resolveName(target.host, timeoutMs);
    if (this.#opened !== null) this.#connect(resolution, serverName);
  }

  #connect(resolved: Resolution, serverName: string | null): void {
    const { target, phases } = this.#options;
    const resolution = admitAddress(target, resolved);
    if ("failure" in resolution) {
      this.#settle(resolution.failure);
      return;
    }
    phases.enter("tcp");
    const { address } = resolution;
    this.#socket = target.isTls ? this.#openTls(address, serverName) : this.#openTcp(address);
    // Stays for the life of the socket: an error after the exchange has ended must not end the process.
    this.#socket.on("error", (error) => this.#settle(connectionFailure(errorCode(error)) ?? UNKNOWN_FAILURE));
  }

  #openTcp(address: string): Socket {
    const { target, phases } = this.#options;
    const socket = connectTcp({ host: address, port: target.port, noDelay: true });
    return socket.once("connect", () => {
      phases.enter("firstByte");
      this.#settle(socket);
    });
  }

  #openTls(address: string, serverName: string | null): TLSSocket {
    const { target, verifyTls, phases } = this.#options;
    const socket = connectTls({
      host: address,
      port: target.port,
      servername: serverName ?? (target.isAddress ? "" : target.host.replace(/\.$/, "")),
      secureContext: this.#dependencies.secureContext(),
      ALPNProtocols: ["http/1.1"],
      // Judged in `secureConnect` below, so that the expiry of a refused certificate is known as well.
      rejectUnauthorized: false,
    });
    socket.setNoDelay(true);
    socket.once("connect", () => phases.enter("tls"));
    return socket.once("secureConnect", () => {
      const validity = readValidity(socket);
      this.certificateExpiresAtMs = validity?.toMs;
      const refusal = verifyTls ? findTrustFault(socket) : findDateFault(validity);
      if (refusal === null) phases.enter("firstByte");
      this.#settle(refusal ?? socket);
    });
  }
}

const HANDSHAKE_FAILED: Failure = { reason: "tls", message: "TLS handshake failed" };

/** `authorizationError` holds the code of the verification error; the types of Node call it an Error. */
function findTrustFault(socket: TLSSocket): Failure | null {
  if (socket.authorized) return null;
  return connectionFailure(String(socket.authorizationError)) ?? HANDSHAKE_FAILED;
}

interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

function readValidity(socket: TLSSocket): Validity | undefined {
  const { valid_from: from, valid_to: to } = socket.getPeerCertificate();
  const validity = { fromMs: Date.parse(from), toMs: Date.parse(to) };
  return Number.isNaN(validity.toMs) ? undefined : validity;
}

/** OpenSSL names only one of several faults, so that of a self-signed certificate its end must be looked at. */
function findDateFault(validity: Validity | undefined): Failure | null {
  const nowMs = Date.now();
  if (validity && nowMs > validity.toMs) return connectionFailure("CERT_HAS_EXPIRED");
  return validity && nowMs < validity.fromMs ? connectionFailure("CERT_NOT_YET_VALID") : null;
}
