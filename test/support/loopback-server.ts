/**
 * Starts any TCP-based server (net, http, https, tls) on a free loopback port and counts its connections.
 * Invariant: after `close` nothing of it is left, however rude the server was to its clients.
 */
import type { AddressInfo, Server, Socket } from "node:net";

export interface LoopbackServer {
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Resolves when no connection is open. */
  untilIdle(): Promise<void>;
  close(): Promise<void>;
}

export async function listen(server: Server, address = "127.0.0.1"): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  const idle = new Set<() => void>();
  let accepted = 0;
  server.on("connection", (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("error", () => {}); // the client hung up: what these servers are for
    socket.once("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) for (const resolve of idle) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get accepted() {
      return accepted;
    },
    get open() {
      return sockets.size;
    },
    untilIdle: () => new Promise((resolve) => (sockets.size === 0 ? resolve() : idle.add(resolve))),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A port on which nothing listens: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = await listen(createServer());
  await server.close();
  return server.port;
}
