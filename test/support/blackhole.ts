/**
 * Servers in a process of their own that can be frozen, as a machine does that hangs: the kernel still completes handshakes.
 * A blackhole is one whose queue of waiting connections is full as well, so that the kernel ignores every further SYN, as if
 * packets were dropped on the way.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Blackhole {
  readonly port: number;
  close(): Promise<void>;
}

export interface Freezable extends Blackhole {
  freeze(): void;
  thaw(): void;
}

const LISTENER = `
  const server = require("node:http").createServer((request, response) => response.writeHead(204).end());
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));
`;

/** Who waits this long on loopback waits for ever. */
const CONNECT_TIMEOUT_MS = 200;

/** Answers 204 to everything while it is not frozen. */
export async function startFreezable(): Promise<Freezable> {
  const { child, port } = await startListener();
  return {
    port,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    close: () => end(child),
  };
}

export async function startBlackhole(): Promise<Blackhole> {
  const { child, port } = await startListener();
  child.kill("SIGSTOP");
  const waiting: Socket[] = [];
  do waiting.push(connect(port, "127.0.0.1").on("error", () => {}));
  while (await connects(waiting.at(-1)));
  return {
    port,
    async close() {
      for (const socket of waiting) socket.destroy();
      await end(child);
    },
  };
}

async function startListener(): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ["-e", LISTENER], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return { child, port: Number(String(line)) };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
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
