/**
 * Stands in for Redis on machines without redis-server: answers what monitors and the handshake of clients ask.
 * Stores nothing. main.ts starts it when redis-server.ts finds none. Invariant: what it does not know it refuses with the
 * error that Redis uses, so that clients take their usual way out.
 */
import { createServer, type Socket } from "node:net";
import { bulk, failure, simple, takeCommand } from "./resp.ts";
import { listen } from "./simulated-server.ts";

/** Of as many characters as that of Redis. */
const RUN_ID = "0".repeat(40);

type Reply = (args: readonly string[]) => string;

/** Starts it on a free loopback port and resolves to `host:port`. It runs until the process ends. */
export async function startImitatedRedis(elapsedS: () => number): Promise<string> {
  const clients = new Set<Socket>();
  const ok: Reply = () => simple("OK");
  const replies: Readonly<Record<string, Reply>> = {
    PING: ([text]) => (text === undefined ? simple("PONG") : bulk(text)),
    INFO: () => bulk(infoText(elapsedS(), clients.size)),
    CLIENT: ok,
    SELECT: ok,
    QUIT: ok,
    HELLO: () => failure("NOPROTO unsupported protocol version"),
    AUTH: () => failure("ERR Client sent AUTH, but no password is set."),
  };
  const server = createServer((socket) => {
    clients.add(socket);
    serve(socket, replies);
    socket.on("error", () => socket.destroy()); // a client that resets its connection is its own affair
    socket.on("close", () => clients.delete(socket));
  });
  return `127.0.0.1:${await listen(server)}`;
}

function serve(socket: Socket, replies: Readonly<Record<string, Reply>>): void {
  let pending = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    pending += chunk;
    for (let taken = takeCommand(pending); taken; taken = takeCommand(pending)) {
      pending = taken.rest;
      const [name = "", ...args] = taken.words;
      const reply = replies[name.toUpperCase()] ?? (() => failure(`ERR unknown command '${name}'`));
      socket.write(reply(args), "latin1");
      if (name.toUpperCase() === "QUIT") socket.end();
    }
  });
}

function infoText(elapsedS: number, connectedClients: number): string {
  const sections = {
    Server: {
      redis_version: "7.0.15",
      redis_mode: "standalone",
      run_id: RUN_ID,
      uptime_in_seconds: Math.floor(elapsedS),
    },
    Clients: { connected_clients: connectedClients },
    Memory: { used_memory: 1_048_576, used_memory_human: "1.00M", maxmemory: 0, maxmemory_policy: "noeviction" },
    Persistence: { loading: 0, rdb_last_bgsave_status: "ok", aof_enabled: 0 },
    Stats: {
      keyspace_hits: Math.floor(elapsedS * 9),
      keyspace_misses: Math.floor(elapsedS),
      evicted_keys: 0,
    },
    Replication: { role: "master", connected_slaves: 0 },
  };
  const lines = Object.entries(sections).flatMap(([title, fields]) => [
    `# ${title}`,
    ...Object.entries(fields).map(([name, value]) => `${name}:${value}`),
    "",
  ]);
  return lines.join("\r\n");
}
