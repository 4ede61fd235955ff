/**
 * Answers to what never becomes a request: no HTTP, too large, too late, CONNECT. In the form of all refusals, and the connection ends.
 * Used by http-server.ts. Invariant: whatever is refused here is closed, whether or not the client reads and closes its side.
 */
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** For a client that still sends: closing at once would make its kernel forget what it has not read yet. */
const LINGER_MS = 2_000;

type CommonHeaders = Readonly<Record<string, string>>;

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

/** The answer by the code of Node's error. `common`: what every answer carries. */
export function refusal(common: CommonHeaders, code = "") {
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

/** Where Node has made a response for it. */
export function refuse(response: ServerResponse, common: CommonHeaders): void {
  const { status, headers, body } = refusal(common);
  response.writeHead(status, headers).end(body);
}

/** What the HTTP parser refuses has no response; it still gets a readable answer. */
export function refuseUnreadable(socket: Duplex, common: CommonHeaders, code?: string): void {
  const { status, title, headers, body } = refusal(common, code);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  endSoon(socket, [`HTTP/1.1 ${status} ${title}`, ...lines, "", body].join("\r\n"));
}

/** The client has its time to read; it need not close its side. */
export function endSoon(socket: Duplex, text = ""): void {
  if (!socket.writable) return void socket.destroy();
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(cut));
  socket.end(text);
}
