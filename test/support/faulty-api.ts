/**
 * A small API on loopback that describes itself in OpenAPI, with one fault planted or none: what the fuzzer is tested on.
 * It has an operation with a JSON body. Knows nothing of the service but its headers.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { SECURITY_HEADERS } from "../../functions/http/bytes.ts";
import { API_DOCUMENT } from "./faulty-api-document.ts";
import { listen, type LoopbackServer } from "./loopback-server.ts";

export const PLANTED = [
  "500 for one odd number",
  "500 behind a real cursor",
  "500 for one body",
  "stack trace",
  "undeclared status",
  "undeclared content type",
  "body that does not fit",
  "bare 404",
  "fault of an unknown field",
  "405 without Allow",
  "hung up",
  "bytes too many",
] as const;

export type Planted = (typeof PLANTED)[number];

interface Reply {
  readonly status: number;
  readonly value: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const CURSOR = "mvrl5byo-s6tlx8";

/** `planted` is null for the sound one. */
export function startFaultyApi(planted: Planted | null): Promise<LoopbackServer> {
  const latest = new WeakMap<Duplex, { request: IncomingMessage; answered: Promise<unknown> }>();
  const server: Server = createServer({ requireHostHeader: false }, (request, response) => {
    latest.set(request.socket, { request, answered: once(response, "close") });
    // A request whose body breaks off is answered by clientError.
    void replyTo(request, planted).then(
      (reply) => send(response, reply, planted),
      () => response.destroy(),
    );
  });
  server.on("checkContinue", (request, response) => server.emit("request", request, response));
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  server.on("clientError", ({ code }: NodeJS.ErrnoException, socket) => {
    const status = code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
    const body = JSON.stringify(problem(status, "Bad request").value);
    const headers = { ...SECURITY_HEADERS, "content-type": "application/problem+json", "content-length": body.length };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const refusal = [`HTTP/1.1 ${status} Bad request`, ...lines, "connection: close", "", body].join("\r\n");
    // In a pipeline the answer to what came before goes first.
    const before = latest.get(socket);
    const turn = before?.request.complete ? before.answered : Promise.resolve();
    void turn.then(() => (socket.writable ? socket.end(refusal) : socket.destroy()));
  });
  return listen(server);
}

function problem(status: number, title: string, more: object = {}): Reply {
  const value = {
    type: `urn:problem:${title.toLowerCase().replace(/ /g, "_")}`,
    title,
    status,
    detail: title,
    ...more,
  };
  return { status, value, headers: { "content-type": "application/problem+json" } };
}

function notAllowed(planted: Planted | null): Reply {
  const reply = problem(405, "Not allowed");
  return planted === "405 without Allow" ? reply : { ...reply, headers: { ...reply.headers, allow: "GET, POST" } };
}

function invalid(field: string, planted: Planted | null): Reply {
  const detail = planted === "stack trace" ? `bad\n    at parse (file.js)` : "bad";
  const errors = [{ field: planted === "fault of an unknown field" ? "nonsense" : field, message: "bad" }];
  return problem(400, "Invalid parameter", { detail, errors });
}

/** By path; the group is the id of an item. */
const ROUTES = {
  description: /^\/(?:openapi\.json)?$/,
  list: /^\/items$/,
  item: /^\/items\/([^/]+)$/,
  notes: /^\/items\/([^/]+)\/notes$/,
} as const;

const READ = ["GET", "HEAD"];
const METHODS: Readonly<Record<string, readonly string[]>> = {
  description: READ,
  list: READ,
  item: READ,
  notes: ["POST"],
};

const OUR_HOST = /^(localhost|127\.0\.0\.1)(:\d+)?$/i;

async function replyTo(request: IncomingMessage, planted: Planted | null): Promise<Reply> {
  const { method = "", headers } = request;
  const url = URL.parse(`http://localhost${request.url}`);
  if (!url || !OUR_HOST.test(String(headers.host))) return problem(421, "Misdirected");
  const body = await text(request);
  const matching = Object.entries(ROUTES).find(([, path]) => path.test(url.pathname));
  if (!matching) return problem(404, "Not found");
  const [route, path] = matching;
  if (!METHODS[route]?.includes(method)) return notAllowed(planted);
  if (route === "notes") return noteReply(body, planted);
  if (route === "item") return itemReply(path.exec(url.pathname)?.[1] ?? "", planted);
  return route === "list" ? listReply(url.searchParams, planted) : { status: 200, value: API_DOCUMENT };
}

const READERS = new Map<string, (value: string) => boolean>([
  ["limit", (value) => /^[1-9]\d?$/.test(value)],
  ["since", (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)],
  ["before", (value) => value === CURSOR],
]);

function listReply(query: URLSearchParams, planted: Planted | null): Reply {
  const limit = query.get("limit") ?? "";
  const isOdd = /^\d+e\d+$/.test(limit);
  if (planted === "500 for one odd number" && isOdd) return problem(500, "Oops");
  const bad = [...query].find(([name, value]) => !READERS.get(name)?.(value) || query.getAll(name).length > 1);
  if (bad) return invalid(bad[0].slice(0, 60), planted);
  if (planted === "500 behind a real cursor" && query.has("before")) return problem(500, "Oops");
  const id = planted === "body that does not fit" && limit === "2" ? 5 : "first";
  const reply = { status: 200, value: { items: [{ id }], next_cursor: CURSOR } };
  const isHtml = planted === "undeclared content type" && query.has("since");
  return isHtml ? { ...reply, headers: { "content-type": "text/html" } } : reply;
}

function itemReply(id: string, planted: Planted | null): Reply {
  if (id === "first") return { status: 200, value: { id } };
  return planted === "undeclared status" && id in {} ? problem(410, "Gone") : problem(404, "Not found");
}

function noteReply(body: string, planted: Planted | null): Reply {
  try {
    const { text: note, minutes } = JSON.parse(body) as { text?: unknown; minutes?: unknown };
    if (planted === "500 for one body" && minutes === Infinity) return problem(500, "Oops");
    if (typeof note !== "string") return invalid("text", planted);
    return Number.isInteger(minutes) ? { status: 201, value: { id: "note" } } : invalid("minutes", planted);
  } catch {
    return problem(400, "Bad body");
  }
}

function send(response: ServerResponse, { status, value, headers = {} }: Reply, planted: Planted | null): void {
  if (planted === "hung up" && status === 404) {
    response.req.socket.destroy();
    return;
  }
  const body = JSON.stringify(value);
  const common = planted === "bare 404" && status === 404 ? {} : SECURITY_HEADERS;
  response.writeHead(status, {
    ...common,
    "content-type": "application/json",
    ...headers,
    "content-length": Buffer.byteLength(body),
  });
  response.end(planted === "bytes too many" && status === 201 ? `${body}HTTP/1.1 200 OK` : body);
}
