/**
 * The HTTP transport of the Node runtime: one deadline, one body cap and one closed list of failures over undici.
 * Implements the port `http-transport`; the Node runtime makes one and hands it to every prober.
 * Invariant: a `fresh` exchange opens and closes a connection of its own; a `pooled` one fails only on a fresh connection.
 */
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { toTenthMs } from "../domain/monitoring/check.ts";
import type { HttpResponse, HttpExchangeRequest, HttpFailure, HttpTransport } from "../ports/http-transport.ts";
import type { ResolveName } from "../ports/resolve-name.ts";
import { attemptExchange, type AttemptOptions } from "./http-attempt.ts";
import type { HttpConnection } from "./http-connection.ts";
import { IdleConnections } from "./idle-connections.ts";
import { createNameResolver } from "./name-resolver.ts";

export interface UndiciTransportOptions {
  /** Default: the hosts file and the name servers of the system. */
  readonly resolveName?: ResolveName;
  /** Certificates (PEM) to trust beside those that Node trusts. */
  readonly ca?: readonly string[];
  readonly userAgent?: string;
}

/** `close` closes the connections that rest; exchanges that run end by themselves, by their deadline at the latest. */
export type UndiciTransport = HttpTransport & { close(): Promise<void> };

export function createUndiciTransport(options: UndiciTransportOptions = {}): UndiciTransport {
  const idle = new IdleConnections<HttpConnection>();
  const dependencies = {
    resolveName: options.resolveName ?? createNameResolver(),
    secureContext: sharedSecureContext(options.ca ?? []),
  };
  const defaultHeaders = {
    "accept-encoding": "identity",
    "user-agent": options.userAgent ?? "langgraph-monitoring",
  };

  const attempt = (each: Omit<AttemptOptions, "defaultHeaders">) =>
    attemptExchange({ ...each, defaultHeaders }, dependencies);

  async function exchangePooled(request: HttpExchangeRequest): Promise<HttpResponse | HttpFailure> {
    const { target, verifyTls = true, timeoutMs } = request;
    const pool = `${target.origin} ${target.allowLoopback} ${verifyTls}`;
    const keep = (connection: HttpConnection): void => idle.give(pool, connection);
    const reused = idle.take(pool);
    if (!reused) return attempt({ request, timeoutMs, reused, keep });
    const first = await attempt({ request, timeoutMs, reused, keep });
    if (first.kind === "response" || first.reason === "deadline_response") return first;
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
    close() {
      idle.close();
      return Promise.resolve();
    },
  };
}

/** Made when the first https target is probed: it reads some 150 certificates. */
function sharedSecureContext(ca: readonly string[]): () => SecureContext {
  let context: SecureContext | undefined;
  return () => {
    context ??= createSecureContext(ca.length > 0 ? { ca: [...getCACertificates("default"), ...ca] } : {});
    return context;
  };
}
