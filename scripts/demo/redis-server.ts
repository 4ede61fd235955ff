/**
 * A real redis-server for the demo cluster, on a free loopback port, without persistence, in a directory of its own.
 * main.ts falls back to imitated-redis.ts when this finds none. Invariant: neither the process nor the directory outlives
 * ours, as far as a process can see to that (not after SIGKILL; then Redis has no data and listens on loopback only).
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface RunningRedis {
  /** `host:port`. */
  readonly host: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 3_000;

/** Resolves to the running server, or to null when there is no redis-server on the PATH or it does not start. */
export async function startRedisServer(): Promise<RunningRedis | null> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), "demo-redis-"));
  const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory];
  const child = spawn("redis-server", options, { stdio: ["ignore", "pipe", "ignore"] });
  const remove = (): void => {
    child.kill("SIGKILL"); // it has nothing to save
    rmSync(directory, { recursive: true, force: true });
  };
  process.once("exit", remove);
  const stop = async (): Promise<void> => {
    const isRunning = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    const gone = isRunning ? once(child, "exit") : null;
    remove();
    await gone; // else its entry in the process table stays behind
  };
  if (await becomesReady(child)) return { host: `127.0.0.1:${port}`, stop };
  await stop();
  return null;
}

/** Whether it says so in its log before it ends or the time is up. */
function becomesReady(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), START_TIMEOUT_MS);
    const settle = (isReady: boolean): void => {
      clearTimeout(timer);
      resolve(isReady);
    };
    child.once("error", () => settle(false));
    child.once("exit", () => settle(false));
    if (!child.stdout) return;
    // Read to the end, or the pipe fills up and Redis blocks on its log.
    createInterface(child.stdout).on("line", (line) => line.includes("Ready to accept connections") && settle(true));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // an address object, as it listens on TCP
  server.close();
  await once(server, "close");
  return port;
}
