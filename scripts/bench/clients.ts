/**
 * Many clients of the service, each with a connection of its own, from several addresses: as many as of one address may listen.
 * As small as can be, since client and service share the machine. Invariant: an instant is taken when bytes arrive, before they are read.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

const ADDRESSES = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"];
const AT_ONCE = 100;

export interface Client {
  /** What came last, and when: epoch ms with fractions. */
  readonly last: { readonly atMs: number; readonly text: string };
  /** Resolves with the next that comes. */
  next(): Promise<Client["last"]>;
  leave(): void;
}

/** Each has asked for the path and has the first bytes of the answer, if it is to wait for them. */
export async function openClients(
  port: number,
  path: string,
  { count, answered }: { count: number; answered: boolean },
): Promise<Client[]> {
  const clients: Client[] = [];
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - clients.length) }, (_, index) =>
      open(port, path, ADDRESSES[(clients.length + index) % ADDRESSES.length]),
    );
    const opened = await Promise.all(some);
    const silent = opened.filter(({ last }) => last.text === "");
    if (answered) await Promise.all(silent.map((client) => client.next()));
    clients.push(...opened);
  }
  return clients;
}

async function open(port: number, path: string, localAddress = "127.0.0.1"): Promise<Client> {
  const socket: Socket = connect({ port, host: "127.0.0.1", localAddress });
  await once(socket, "connect");
  let last = { atMs: 0, text: "" };
  let waiting: ((heard: Client["last"]) => void)[] = [];
  socket.on("data", (chunk) => {
    last = { atMs: performance.timeOrigin + performance.now(), text: chunk.toString() };
    const told = waiting;
    waiting = [];
    for (const tell of told) tell(last);
  });
  socket.on("error", () => {}); // whoever waits for it notices
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return {
    get last() {
      return last;
    },
    next: () => new Promise((resolve) => waiting.push(resolve)),
    leave: () => void socket.destroy(),
  };
}
