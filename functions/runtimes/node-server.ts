/**
 * The HTTP server of the Node host: limits of the transport, a short cut for the hottest answer, everything else to the bundle.
 * Started by node-service.ts. Knows HTTP and the snapshot cache, no use cases.
 * Invariant: the short cut sends what the bundle would send (the HTTP contract suite asks both ways).
 */
import { getRequestListener, RequestError } from "@hono/node-server";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { isAllowedHost } from "../../shared/domain/net/host-name.ts";
import type { SnapshotCache } from "../../shared/node/snapshot-cache.ts";
import { clusterHealthResponse } from "../endpoints/cluster-health.ts";
import type { Env } from "../env.ts";
import { SECURITY_HEADERS } from "../http/headers.ts";
import { problemResponse } from "../http/problem.ts";

const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Longer than the 60 s of common proxies, so that they close first and never send into a closing connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const CONNECTION_CHECK_MS = 2_000;
const STOP_TIMEOUT_MS = 3_000;

export interface NodeServerOptions {
  readonly port: number;
  readonly hostname: string;
  readonly maxConnections: number;
  readonly env: Env;
  readonly cache: SnapshotCache;
  fetch(request: Request, env: Env): Promise<Response>;
}

export interface NodeServer {
  readonly port: number;
  setMaxConnections(count: number): void;
  /** Answers what has been asked, accepts nothing new; cuts what is still open after 3 s. */
  stop(): Promise<void>;
}

/** Resolves when the server listens; rejects when the port cannot be had. */
export async function startNodeServer(options: NodeServerOptions): Promise<NodeServer> {
  const listener = getRequestListener((request) => options.fetch(request, options.env), {
    // Serves requests without Host (HTTP/1.0); the bundle decides which of them it answers.
    hostname: "localhost",
    errorHandler: (error) => {
      if (!(error instanceof RequestError)) return problemResponse(error, options.env.HOST.log);
      const { status, headers, body } = refusal();
      return new Response(body, { status, headers });
    },
  });
  const unfinished = new WeakMap<Duplex, ServerResponse>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (lacksHost(request)) {
      refuse(response);
    } else if (!sendSnapshot(request, response, options)) {
      unfinished.set(request.socket, response);
      void listener(request, response);
    }
  };
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTION_CHECK_MS,
      requireHostHeader: false, // Node's own refusal has neither body nor headers; see lacksHost
    },
    handle,
  );
  server.on("checkContinue", (request, response) => {
    // Behind other answers of a pipeline Node would send it between the head of this answer and its body.
    if (response.socket) response.writeContinue();
    handle(request, response);
  });
  server.on("checkExpectation", handle); // RFC 9110 §10.1.1 lets us ignore what we do not know
  server.maxConnections = options.maxConnections;
  server.on("clientError", (error, socket) => {
    const before = unfinished.get(socket);
    // In a pipeline the refusal must not come before the answers to the requests before it.
    if (!before || before.writableFinished || before.destroyed) refuseUnreadable(error, socket);
    else before.once("close", () => refuseUnreadable(error, socket));
  });
  await listen(server, options);
  return {
    // A listening TCP server has an AddressInfo.
    port: (server.address() as AddressInfo).port,
    setMaxConnections: (count) => (server.maxConnections = count),
    stop: () => stop(server),
  };
}

/** True when it has answered: a plain poll of /cluster_health while the cache is current. */
function sendSnapshot(request: IncomingMessage, response: ServerResponse, { cache, env }: NodeServerOptions): boolean {
  if (request.url !== "/cluster_health" || request.method !== "GET" || env.HOST.access().readsNeedToken) return false;
  const { host, "if-none-match": ifNoneMatch } = request.headers;
  const nowMs = env.HOST.clock.nowMs();
  const cached = host !== undefined && isAllowedHost(host, env.HOST.hostNames()) ? cache.peek(nowMs) : null;
  if (!cached) return false;
  const context = { nowMs, ifNoneMatch, cluster: env.HOST.cluster() };
  const { status, headers, body } = clusterHealthResponse(cached.snapshot, context);
  if (body === null) {
    response.writeHead(status, headers).end();
    return true;
  }
  const payload = body === cached.snapshot.body ? cached.bytes : Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": payload.byteLength }).end(payload);
  return true;
}

/** RFC 9112 §3.2; HTTP/1.0 had no Host. */
function lacksHost({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion !== "1.0";
}

const REFUSALS: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "Request header fields too large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request timeout"],
};

/** The answer to what never becomes a request, by the code of Node's error. */
function refusal(code = "") {
  const [status, title] = REFUSALS[code] ?? [400, "Bad request"];
  const body = JSON.stringify({
    type: "urn:problem:bad_request",
    title,
    status,
    detail: "The request is not valid HTTP.",
  });
  const headers = {
    ...SECURITY_HEADERS,
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  };
  return { status, title, headers, body };
}

function refuse(response: ServerResponse): void {
  const { status, headers, body } = refusal();
  response.writeHead(status, headers).end(body);
}

/** What the HTTP parser refuses has no ServerResponse; it still gets a readable answer. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const { status, title, headers, body } = refusal(error.code);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${title}`, ...lines, "", body].join("\r\n"));
}

function listen(server: Server, { port, hostname }: NodeServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), STOP_TIMEOUT_MS);
  await closed;
  clearTimeout(cut);
}
