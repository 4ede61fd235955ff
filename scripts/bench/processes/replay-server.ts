/**
 * The reference for the service's answers: raw node:http that sends a prepared answer to whatever it is asked.
 * Started by rows/cluster-health.ts. Does nothing that a server could leave out: no routing, no look at the request.
 * Invariant: on the wire its answers look like the original, as far as `headers` and `keepAliveTimeoutMs` describe it.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { obey } from "./obey.ts";

export interface ReplayOrder {
  /** All but those that node:http sends by itself. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly keepAliveTimeoutMs: number;
}

export interface ReplayServer {
  readonly port: number;
}

obey(async ({ headers, body, keepAliveTimeoutMs }: ReplayOrder): Promise<ReplayServer> => {
  const payload = Buffer.from(body);
  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (_request, response) => {
    response.writeHead(200, headers).end(payload);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // an address object, as it listens on TCP
  return { port };
});
