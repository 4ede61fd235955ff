/**
 * The HTTP server of a Node process: limits of the transport, a short cut for the hottest answers, everything else to the monitor.
 * Started by functions/runtimes/node.ts. Knows HTTP, no endpoints.
 * Invariant: the short cut sends what the monitor would send (the HTTP contract suite asks both ways).
 */
import { getRequestListener } from "@hono/node-server";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ConnectionLimits } from "../ports/connection-limits.ts";
import type { Log } from "../ports/log.ts";
import type { Peek } from "../ports/peek.ts";
import { beginEvents } from "./event-response.ts";
import { limitConnections } from "./limit-connections.ts";
import { pipelinesOf } from "./pipelines.ts";
import { endSoon, refusal, refuse, refuseUnreadable } from "./refuse.ts";
import { limitUnread } from "./unread-answers.ts";

const MAX_HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** For a client that takes nothing of an answer; Node waits as long again after the last that was taken. */
const ANSWER_TIMEOUT_MS = 8_000;
const CONNECTION_CHECK_MS = 2_000;
const STOP_TIMEOUT_MS = 3_000;
/** Node's own 511 are full when many come at once, and whoever comes then tries again after a second, and after three. */
const BACKLOG = 4_096;

export interface HttpServerOptions {
  readonly port: number;
  readonly hostname: string;
  readonly log: Log;
  /** What every answer carries, also those to what is not HTTP. */
  readonly headers: Readonly<Record<string, string>>;
  /** Who answers. */
  readonly monitor: {
    /** Never rejects. */
    fetch(request: Request, peer?: string): Promise<Response>;
    readonly peek: Peek;
    /** Asked at every connection. */
    connectionLimits(): ConnectionLimits;
    /** Ends what would otherwise go on for minutes. */
    drain(): void;
  };
}

/** Resolves when the server listens; rejects when the port cannot be had. */
export async function startHttpServer(options: HttpServerOptions) {
  const { monitor, headers } = options;
  const listener = getRequestListener(
    async (request, { incoming, outgoing }) =>
      // Of HTTP/1, as this server is.
      beginEvents(await monitor.fetch(request, incoming.socket.remoteAddress), outgoing as ServerResponse),
    {
      // Serves requests without Host (HTTP/1.0); the monitor decides which of them it answers.
      hostname: "localhost",
      // The monitor's own errors are answers: what arrives here never became a request.
      errorHandler: () => {
        const { body, ...head } = refusal(headers);
        return new Response(body, head);
      },
    },
  );
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CONNECTION_CHECK_MS,
    requireHostHeader: false, // Node's own refusal has neither body nor headers; see hasItsHost
  });
  server.timeout = ANSWER_TIMEOUT_MS;
  limitConnections(server, () => monitor.connectionLimits(), options.log);
  const pipelines = pipelinesOf(server);
  const noteUnread = limitUnread();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (!hasItsHost(request)) return refuse(response, headers);
    if (request.method === "OPTIONS" && request.url === "*") request.url = "/"; // as URLs can say it (RFC 9112 §3.2.4)
    if (sendReady(request, response, monitor.peek)) return;
    pipelines.newest.set(request.socket, response);
    void listener(request, response).then(() => noteUnread(response));
  };
  const handleInTurn = pipelines.inTurn(handle);
  server.on("request", handleInTurn);
  server.on("checkExpectation", handleInTurn); // RFC 9110 §10.1.1 lets us ignore what we do not know
  const goOn = pipelines.inTurn((request, response) => {
    response.writeContinue();
    handle(request, response);
  });
  server.on("checkContinue", goOn);
  endBroken(server, pipelines.newest, headers);
  server.listen({ port: options.port, host: options.hostname, backlog: BACKLOG });
  await once(server, "listening");
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const name = ["0.0.0.0", "::"].includes(options.hostname) ? "localhost" : options.hostname;
  return {
    /** As a person on this machine may call it, such as `http://localhost:8083`. */
    url: `http://${name}:${port}`,
    stop() {
      monitor.drain();
      return stop(server);
    },
  };
}

/** True when it has answered. */
function sendReady({ url = "", method, headers }: IncomingMessage, response: ServerResponse, peek: Peek): boolean {
  if (method !== "GET") return false;
  const ready = peek({ url, host: headers.host, ifNoneMatch: headers["if-none-match"] });
  if (!ready) return false;
  response.writeHead(ready.status, ready.headers).end(ready.body);
  return true;
}

/** RFC 9112 §3.2: one Host, of which HTTP/1.0 had none. Node keeps the first of several. */
function hasItsHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") count += 1;
  }
  return count === 1 || (count === 0 && httpVersion === "1.0");
}

/** Ends connections on which nothing goes on or can go on. `newest`: the answer of each that may not be finished. */
function endBroken(
  server: Server,
  newest: WeakMap<Duplex, ServerResponse>,
  headers: HttpServerOptions["headers"],
): void {
  const unfinishedOf = (socket: Duplex): ServerResponse | null => {
    const answer = newest.get(socket);
    return answer && !answer.writableFinished && !answer.destroyed ? answer : null;
  };
  server.on("timeout", (socket) => {
    const isBeingMade = unfinishedOf(socket) !== null && socket.writableLength === 0;
    if (!isBeingMade) socket.destroy();
  });
  const refuseInTurn = (socket: Duplex, code?: string): void => {
    const answer = unfinishedOf(socket);
    const refuseNow = (): void => refuseUnreadable(socket, headers, code);
    const breakOff = (): void => {
      if (answer?.headersSent) endSoon(socket);
      else refuseNow();
      // Whoever waits for the rest of the request hears that there is none.
      socket.once("finish", () => socket.destroy());
    };
    if (!answer) refuseNow();
    // In a pipeline the refusal must not come before the answers to the requests before it.
    else if (answer.req.complete) answer.once("close", refuseNow);
    else if (answer.socket) breakOff();
    else answer.once("socket", breakOff);
  };
  server.on("clientError", ({ code }: NodeJS.ErrnoException, socket) => {
    if (socket.writable && code !== "ECONNRESET") refuseInTurn(socket, code);
    else socket.destroy();
  });
  server.on("connect", ({ method, socket }) => refuseInTurn(keepAlone(socket), method));
}

/** A connection that Node has let go of: nobody else closes it, or hears of its errors. */
function keepAlone(socket: Socket): Socket {
  return socket.setTimeout(REQUEST_TIMEOUT_MS, () => socket.destroy()).on("error", () => {});
}

/** Answers what has been asked, accepts nothing new; cuts what is still open. */
async function stop(server: Server): Promise<void> {
  const closed = once(server.close(), "close");
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), STOP_TIMEOUT_MS);
  await closed;
  clearTimeout(cut);
}
