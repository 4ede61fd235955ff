/**
 * Opens one socket for one exchange, phase by phase: name, address policy, TCP, TLS.
 * The HTTP connection asks for it and gives it to undici, which then only speaks HTTP on it. Undici's own connector would
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
  /** Bounds name resolution only; the owner watches the deadline. */
  readonly timeoutMs: number;
  readonly phases: PhaseClock;
}

export interface SocketOptions extends ConnectionOptions {
  /** Whom the request is for by its headers; null for nobody else than the target. */
  readonly serverName: string | null;
}

/** A ready socket or what went wrong; the end of validity of the peer's certificate, epoch ms, once the handshake has ended. */
export type Opened = (result: Socket | Failure, certificateExpiresAtMs?: number) => void;

/** Calls back once; not at all after the returned function was called, which closes whatever is open. */
export function openSocket(options: SocketOptions, dependencies: ConnectorDependencies, opened: Opened): () => void {
  const { target, timeoutMs, phases } = options;
  let socket: Socket | null = null;
  let isOver = false;
  const settle: Opened = (result, certificateExpiresAtMs) => {
    if (isOver) return;
    isOver = true;
    opened(result, certificateExpiresAtMs);
  };
  const connect = (resolved: Resolution): void => {
    if (isOver) return;
    const resolution = admitAddress(target, resolved);
    if ("failure" in resolution) {
      settle(resolution.failure);
      return;
    }
    phases.enter("tcp");
    const { address } = resolution;
    const secureContext = target.isTls ? dependencies.secureContext() : null;
    socket = secureContext
      ? openTls(address, { ...options, secureContext }, settle)
      : openTcp(address, options, settle);
    // Stays for the life of the socket: an error after the exchange has ended must not end the process.
    socket.on("error", (error) => settle(connectionFailure(errorCode(error)) ?? UNKNOWN_FAILURE));
  };
  if (target.isAddress) connect({ address: target.host });
  else {
    phases.enter("dns");
    void dependencies.resolveName(target.host, timeoutMs).then(connect);
  }
  return () => {
    isOver = true;
    socket?.destroy();
  };
}

function openTcp(address: string, { target, phases }: ConnectionOptions, settle: Opened): Socket {
  const socket = connectTcp({ host: address, port: target.port, noDelay: true });
  return socket.once("connect", () => {
    phases.enter("firstByte");
    settle(socket);
  });
}

function openTls(
  address: string,
  { target, verifyTls, phases, serverName, secureContext }: SocketOptions & { readonly secureContext: SecureContext },
  settle: Opened,
): TLSSocket {
  const socket = connectTls({
    host: address,
    port: target.port,
    servername: serverName ?? (target.isAddress ? "" : target.host.replace(/\.$/, "")),
    secureContext,
    ALPNProtocols: ["http/1.1"],
    // Decided in `secureConnect` below, so that the expiry of a refused certificate is known as well.
    rejectUnauthorized: false,
  });
  socket.setNoDelay(true);
  socket.once("connect", () => phases.enter("tls"));
  return socket.once("secureConnect", () => {
    const validity = readValidity(socket);
    const refusal = verifyTls ? findTrustFault(socket) : findDateFault(validity);
    if (refusal === null) phases.enter("firstByte");
    settle(refusal ?? socket, validity?.toMs);
  });
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
