/**
 * The HTTP server of a Node process: limits of the transport, a short cut for the hottest answer, everything else to the monitor.
 * Started by functions/runtimes/node.ts. Knows HTTP, no endpoints.
 * Invariant: the short cut sends what the monitor would send (the HTTP contract suite asks both ways).
 */
import { getRequestListener } from "@hono/node-server";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { PeekClusterHealth } from "../ports/peek.ts";
import { pipelinesOf } from "./pipelines.ts";

const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Longer than the 60 s of common proxies, so that they close first and never send into a closing connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const CONNECTION_CHECK_MS = 2_000;
const STOP_TIMEOUT_MS = 3_000;

export interface HttpServerOptions {
  readonly port: number;
  readonly hostname: string;
  readonly maxConnections: number;
  /** What every answer carries, also those to what is not HTTP. */
  readonly headers: Readonly<Record<string, string>>;
  /** Who answers. */
  readonly monitor: {
    /** Never rejects. */
    fetch(request: Request): Promise<Response>;
    readonly peekClusterHealth: PeekClusterHealth;
  };
}

/** Resolves when the server listens; rejects when the port cannot be had. */
export async function startHttpServer(options: HttpServerOptions) {
  const { monitor, headers } = options;
  const listener = getRequestListener((request) => monitor.fetch(request), {
    // Serves requests without Host (HTTP/1.0); the monitor decides which of them it answers.
    hostname: "localhost",
    // The monitor's own errors are answers: what arrives here never became a request.
    errorHandler: () => {
      const { body, ...head } = refusal(headers);
      return new Response(body, head);
    },
  });
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: CONNECTION_CHECK_MS,
    requireHostHeader: false, // Node's own refusal has neither body nor headers; see lacksHost
  });
  const pipelines = pipelinesOf(server);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (sendSnapshot(request, response, monitor.peekClusterHealth)) return;
    if (lacksHost(request)) return refuse(response, headers);
    pipelines.newest.set(request.socket, response);
    void listener(request, response);
  };
  const handleInTurn = pipelines.inTurn(handle);
  server.on("request", handleInTurn);
  server.on("checkExpectation", handleInTurn); // RFC 9110 §10.1.1 lets us ignore what we do not know
  const goOn = pipelines.inTurn((request, response) => {
    response.writeContinue();
    handle(request, response);
  });
  server.on("checkContinue", goOn);
  server.maxConnections = options.maxConnections;
  const refuseInTurn = (code: string | undefined, socket: Duplex): void => {
    const before = pipelines.newest.get(socket);
    const refuseNow = (): void => refuseUnreadable(code, socket, headers);
    // In a pipeline the refusal must not come before the answers to the requests before it.
    if (!before || before.writableFinished || before.destroyed) refuseNow();
    else before.once("close", refuseNow);
  };
  server.on("clientError", ({ code }: NodeJS.ErrnoException, socket) => refuseInTurn(code, socket));
  server.on("connect", ({ method, socket }) => refuseInTurn(method, keepAlone(socket)));
  server.listen(options.port, options.hostname);
  await once(server, "listening");
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const name = ["0.0.0.0", "::"].includes(options.hostname) ? "localhost" : options.hostname;
  return {
    /** As a person on this machine may call it, such as `http://localhost:8083`. */
    url: `http://${name}:${port}`,
    setMaxConnections: (count: number) => void (server.maxConnections = count),
    stop: () => stop(server),
  };
}

/** True when it has answered. */
function sendSnapshot(
  { url, method, headers }: IncomingMessage,
  response: ServerResponse,
  peek: PeekClusterHealth,
): boolean {
  if (url !== "/cluster_health" || method !== "GET") return false;
  const ready = peek({ host: headers.host, ifNoneMatch: headers["if-none-match"] });
  if (!ready) return false;
  response.writeHead(ready.status, ready.headers).end(ready.body);
  return true;
}

/** RFC 9112 §3.2; HTTP/1.0 had no Host. */
function lacksHost({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion !== "1.0";
}

type CommonHeaders = HttpServerOptions["headers"];

const BAD_REQUEST = {
  type: "bad_request",
  title: "Bad request",
  status: 400,
  detail: "The request is not valid HTTP.",
};

const REFUSALS: Readonly<Record<string, Partial<typeof BAD_REQUEST>>> = {
  HPE_HEADER_OVERFLOW: { status: 431, title: "Request header fields too large" },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, title: "Request timeout" },
  CONNECT: {
    type: "method_not_allowed",
    title: "Method not allowed",
    status: 405,
    detail: "CONNECT is not possible here.",
  },
};

/** The answer to what never becomes a request, by the code of Node's error. */
function refusal(common: CommonHeaders, code = "") {
  const problem = { ...BAD_REQUEST, ...REFUSALS[code] };
  const { status, title } = problem;
  const body = JSON.stringify({ ...problem, type: `urn:problem:${problem.type}` });
  const headers = {
    ...common,
    ...(status === 405 && { allow: "" }),
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  };
  return { status, title, headers, body };
}

function refuse(response: ServerResponse, common: CommonHeaders): void {
  const { status, headers, body } = refusal(common);
  response.writeHead(status, headers).end(body);
}

/** A connection that Node has let go of: nobody else closes it, or hears of its errors. */
function keepAlone(socket: Socket): Socket {
  return socket
    .setTimeout(REQUEST_TIMEOUT_MS, () => socket.destroy())
    .once("finish", () => socket.destroy())
    .on("error", () => {});
}

/** What the HTTP parser refuses has no ServerResponse; it still gets a readable answer. */
function refuseUnreadable(code: string | undefined, socket: Duplex, common: CommonHeaders): void {
  if (!socket.writable || code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const { status, title, headers, body } = refusal(common, code);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${title}`, ...lines, "", body].join("\r\n"));
}

/** Answers what has been asked, accepts nothing new; cuts what is still open. */
async function stop(server: Server): Promise<void> {
  const closed = once(server.close(), "close");
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), STOP_TIMEOUT_MS);
  await closed;
  clearTimeout(cut);
}
