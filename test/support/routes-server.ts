/**
 * A server on loopback that answers each path as the test says, and tells what it was asked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen, type LoopbackServer } from "./loopback-server.ts";

export type Route = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface RoutesServer {
  readonly server: LoopbackServer;
  readonly url: string;
  /** Method and path of each request, in order. */
  readonly asked: string[];
  /** By path; what is not there is 404. Replaced at any time. */
  routes: Readonly<Record<string, Route>>;
}

export const json =
  (value: unknown, status = 200): Route =>
  (_request, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

const NOT_FOUND = json({ detail: "Not Found" }, 404);

export async function startRoutes(routes: RoutesServer["routes"]): Promise<RoutesServer> {
  const asked: string[] = [];
  const server = await listen(
    createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      (started.routes[request.url ?? ""] ?? NOT_FOUND)(request, response);
    }),
  );
  const started: RoutesServer = { server, url: `http://127.0.0.1:${server.port}`, asked, routes };
  return started;
}
