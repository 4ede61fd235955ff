/**
 * A loopback port that never completes a TCP handshake, as an address does whose packets are dropped on the way.
 * A frozen process listens there and its queue of waiting connections is full, so the kernel ignores every further SYN.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Blackhole {
  readonly port: number;
  close(): Promise<void>;
}

const LISTENER = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));
`;

/** Who waits this long on loopback waits for ever. */
const CONNECT_TIMEOUT_MS = 200;

export async function startBlackhole(): Promise<Blackhole> {
  const child = spawn(process.execPath, ["-e", LISTENER], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  const port = Number(String(line));
  child.kill("SIGSTOP");
  const waiting: Socket[] = [];
  do waiting.push(connect(port, "127.0.0.1").on("error", () => {}));
  while (await connects(waiting.at(-1)));
  return {
    port,
    async close() {
      for (const socket of waiting) socket.destroy();
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function connects(socket: Socket | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CONNECT_TIMEOUT_MS);
    socket?.once("connect", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
