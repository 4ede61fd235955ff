/**
 * A service to be watched: an HTTP server on loopback that answers what the test says.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface TargetServer {
  readonly port: number;
  readonly url: string;
  /** Requests seen so far. */
  readonly seen: number;
  /** Replaced at any time. */
  response: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
}

export function sendJson(status: number, body: unknown): TargetServer["response"] {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
}

export async function startTarget(
  response: TargetServer["response"] = sendJson(200, { status: "healthy" }),
): Promise<TargetServer> {
  let seen = 0;
  const server = createServer((request, reply) => {
    seen += 1;
    target.response(request, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const target: TargetServer = {
    port,
    url: `http://127.0.0.1:${port}`,
    get seen() {
      return seen;
    },
    response,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return target;
}
