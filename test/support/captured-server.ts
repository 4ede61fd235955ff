/**
 * Plays what a real server once answered, byte for byte: the files of test/data/llm, each a request, a line of dashes, and the response.
 * What came too late then never comes here. Invariant: what a state has no capture of is answered 404, and all that was asked is told.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { listen, type LoopbackServer } from "./loopback-server.ts";

export interface CapturedServer {
  readonly server: LoopbackServer;
  /** Method and path of each request, in order. */
  readonly asked: readonly string[];
}

const DIVIDER = "----8<---- response after ";
const NOT_CAPTURED = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

interface Capture {
  /** `GET /health`. */
  readonly request: string;
  /** Null: it timed out. */
  readonly response: string | null;
}

/** `name`: the path below test/data/llm without its end, such as `llamacpp/idle.health`. */
function readCapture(name: string): Capture {
  const file = fileURLToPath(new URL(`../data/llm/${name}.http`, import.meta.url));
  const text = readFileSync(file, "latin1"); // one character a byte
  const at = text.indexOf(DIVIDER);
  const lineEnd = text.indexOf("\n", at);
  const request = text.slice(0, text.indexOf(" HTTP/"));
  return { request, response: text.slice(at, lineEnd).includes("TimeoutError") ? null : text.slice(lineEnd + 1) };
}

/** Answers as the captures say, each to the request that it was an answer to. */
export async function startCaptured(names: readonly string[]): Promise<CapturedServer> {
  const responses = new Map(names.map(readCapture).map(({ request, response }) => [request, response]));
  const asked: string[] = [];
  const server = createServer((socket) => {
    let head = "";
    socket.setEncoding("latin1").on("data", (part: string) => {
      const isNew = !head.includes("\r\n\r\n");
      head += part;
      if (!isNew || !head.includes("\r\n\r\n")) return;
      const request = head.slice(0, head.indexOf(" HTTP/"));
      asked.push(request);
      const response = responses.has(request) ? responses.get(request) : NOT_CAPTURED;
      if (response != null) socket.end(response, "latin1");
    });
  });
  return { asked, server: await listen(server) };
}
