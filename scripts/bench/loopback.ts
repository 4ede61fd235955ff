/**
 * A server on a free port of loopback. Used by whatever of the benchmark is asked over HTTP.
 * Invariant: it keeps no process alive by itself; after `close` nothing listens and no connection is open.
 */
import { once } from "node:events";
import { createServer, type RequestListener, type ServerOptions } from "node:http";
import type { AddressInfo, ListenOptions } from "node:net";

export async function serveLoopback(
  answer: RequestListener,
  { backlog, ...options }: ServerOptions & Pick<ListenOptions, "backlog"> = {},
) {
  const server = createServer(options, answer);
  await once(server.listen({ port: 0, host: "127.0.0.1", backlog }).unref(), "listening");
  const { port } = server.address() as AddressInfo; // an address object, as it listens on TCP
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await server[Symbol.asyncDispose]();
  };
  return { server, port, origin: `http://127.0.0.1:${port}`, close };
}

const BLANK = "<!doctype html><html lang=en><title>Blank</title><p>Blank</p>";

/** What any page takes at least on this machine. */
export function serveBlankPage() {
  return serveLoopback((_request, response) => response.setHeader("content-type", "text/html").end(BLANK));
}
