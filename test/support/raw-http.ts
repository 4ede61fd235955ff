/**
 * HTTP as bytes on a socket, for requests that no client library would send, and answers as the server really sent them.
 */
import { connect } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  // Tests look into answers of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape is what the test is about
  readonly json: any;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends one request with `Host: 127.0.0.1:<port>` unless the headers say otherwise, and reads until the server closes. */
export function request(port: number, path: string, { method = "GET", headers = {}, body = "" }: RequestOptions = {}) {
  const all: Record<string, string> = { host: `127.0.0.1:${port}`, connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return sendRaw(port, `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

/** Sends bytes as they are and reads until the server closes the connection. */
export function sendRaw(port: number, text: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: "127.0.0.1" }, () => socket.write(text));
    socket.on("data", (chunk) => chunks.push(chunk));
    // A server that refuses early may reset while we still send; what it said before counts.
    socket.on("error", (error) => (chunks.length > 0 ? finish() : reject(error)));
    socket.on("close", () => finish());
    const finish = (): void => {
      try {
        resolve(parse(Buffer.concat(chunks).toString("utf8")));
      } catch (error) {
        reject(error);
      }
    };
  });
}

function parse(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [statusLine = "", ...headerLines] = text.slice(0, end).split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of headerLines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const rest = text.slice(end + 4);
  const body = headers["transfer-encoding"] === "chunked" ? unchunk(rest) : rest;
  return {
    status: Number(statusLine.split(" ")[1]),
    headers,
    body,
    get json() {
      return JSON.parse(body);
    },
  };
}

function unchunk(text: string): string {
  const size = Number.parseInt(text, 16);
  if (!size) return "";
  const start = text.indexOf("\r\n") + 2;
  return text.slice(start, start + size) + unchunk(text.slice(start + size + 2));
}
