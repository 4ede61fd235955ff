/**
 * A way to a server on loopback that can fall silent, as a network does: connections stay open, new ones are taken, and no byte passes
 * in either direction until it is let go on. Nothing is lost meanwhile.
 */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface HeldProxy {
  readonly port: number;
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

export async function startProxy(targetPort: number): Promise<HeldProxy> {
  const pairs = new Set<Pair>();
  let isHeld = false;
  const proxy = createServer((client) => {
    const pair = { client, server: connect(targetPort, "127.0.0.1") };
    pairs.add(pair);
    for (const socket of [pair.client, pair.server]) {
      socket.on("error", () => end(pair));
      socket.on("close", () => end(pair));
    }
    if (isHeld) stop(pair);
    else pass(pair);
  });
  const end = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  };
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    // A listening TCP server has an AddressInfo.
    port: (proxy.address() as AddressInfo).port,
    hold() {
      isHeld = true;
      for (const pair of pairs) stop(pair);
    },
    release() {
      isHeld = false;
      for (const pair of pairs) pass(pair);
    },
    close() {
      for (const pair of pairs) end(pair);
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}

function pass({ client, server }: Pair): void {
  client.pipe(server);
  server.pipe(client);
}

function stop({ client, server }: Pair): void {
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    from.unpipe(to);
    from.pause();
  }
}
