/**
 * The HTTP transport of the Node runtime: one deadline, one body cap and one closed list of failures over undici.
 * Invariant: a `fresh` exchange opens and closes a connection of its own; a `pooled` one fails only on a fresh connection.
 */
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { toTenthMs } from "../domain/monitoring/check.ts";
import type { HttpResponse, HttpExchangeRequest, HttpFailure, HttpTransport } from "../ports/http-transport.ts";
import type { ResolveName } from "../ports/resolve-name.ts";
import { attemptExchange, type AttemptOptions } from "./http-attempt.ts";
import type { HttpConnection } from "./http-connection.ts";
import { createNameResolver } from "./name-resolver.ts";

export interface UndiciTransportOptions {
  /** Default: the hosts file and the name servers of the system. */
  readonly resolveName?: ResolveName;
  /** Certificates (PEM) to trust beside those that Node trusts. */
  readonly ca?: readonly string[];
}

/** `close` closes the connections that rest; exchanges that run end by themselves, by their deadline at the latest. */
export type UndiciTransport = HttpTransport & { close(): Promise<void> };

export function createUndiciTransport({ resolveName, ca = [] }: UndiciTransportOptions = {}): UndiciTransport {
  const idle = new IdleConnections();
  const dependencies = { resolveName: resolveName ?? createNameResolver(), secureContext: sharedSecureContext(ca) };
  const attempt = (each: AttemptOptions) => attemptExchange(each, dependencies);

  async function exchangePooled(request: HttpExchangeRequest): Promise<HttpResponse | HttpFailure> {
    const { target, verifyTls = true, timeoutMs } = request;
    const pool = `${target.origin} ${target.allowLoopback} ${verifyTls}`;
    const keep = (connection: HttpConnection): void => idle.give(pool, connection);
    const reused = idle.take(pool);
    const first = await attempt({ request, timeoutMs, reused, keep });
    if (!reused || first.kind === "response" || first.reason === "deadline_response") return first;
    // What went wrong may be the age of the connection; only a fresh one tells something about the target.
    const leftMs = timeoutMs - first.durationMs;
    const second = await attempt({ request, timeoutMs: leftMs, reused: null, keep });
    return { ...second, durationMs: toTenthMs(first.durationMs + second.durationMs) };
  }

  return {
    exchange(request) {
      if (request.connection === "pooled") return exchangePooled(request);
      return attempt({ request, timeoutMs: request.timeoutMs, reused: null, keep: null });
    },
    close: async () => idle.close(),
  };
}

/** The limits of the seed's client session. */
const MAX_PER_POOL = 10;
const MAX_IN_ALL = 50;

/** Connections that rest between two exchanges: each is either here or in use, and notices itself when it is closed or too old. */
class IdleConnections {
  /** In the order in which they were given back. */
  #resting: { readonly pool: string; readonly connection: HttpConnection }[] = [];

  /** The connection that was used last, which is the least likely to have been closed; null when none is open. */
  take(pool: string): HttpConnection | null {
    const index = this.#keepOpen().findLastIndex((each) => each.pool === pool);
    const [taken] = index < 0 ? [] : this.#resting.splice(index, 1);
    return taken?.connection ?? null;
  }

  /** Keeps a connection for later, or closes it when enough rest already. */
  give(pool: string, connection: HttpConnection): void {
    const resting = this.#keepOpen();
    const fromPool = resting.filter((each) => each.pool === pool);
    if (fromPool.length >= MAX_PER_POOL || resting.length >= MAX_IN_ALL) connection.destroy();
    else resting.push({ pool, connection });
  }

  close(): void {
    for (const { connection } of this.#resting.splice(0)) connection.destroy();
  }

  #keepOpen() {
    this.#resting = this.#resting.filter(({ connection }) => connection.isOpen);
    return this.#resting;
  }
}

/** Made when the first https target is probed: it reads some 150 certificates. */
function sharedSecureContext(ca: readonly string[]): () => SecureContext {
  let context: SecureContext | undefined;
  return () => {
    context ??= createSecureContext(ca.length > 0 ? { ca: [...getCACertificates("default"), ...ca] } : {});
    return context;
  };
}
