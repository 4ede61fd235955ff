/**
 * A real redis-server for the demo cluster, on a free loopback port, without persistence, in a directory of its own.
 * main.ts falls back to imitated-redis.ts when this finds none.
 * Invariant: neither Redis nor its directory outlives this process, however it ends: a shell between the two waits for the
 * end of our pipe, which the kernel closes even after SIGKILL.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { listen } from "./simulated-server.ts";

export interface RunningRedis {
  /** `host:port`. */
  readonly host: string;
  /** Resolves when it is gone. May be called again. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 3_000;

/**
 * $1 is the directory, the rest are the arguments of redis-server. Descriptor 3 is our pipe, as a background process has no
 * standard input. SIGKILL, as there is nothing to save. Signals to the whole group are for us to answer.
 */
const GUARD = `
  trap '' HUP INT TERM
  directory=$1; shift
  exec 3<&0
  redis-server "$@" 3<&- &
  server=$!
  { read -r _ <&3; kill -KILL $server; } 2>/dev/null &
  wait $server
  rm -rf "$directory"
`;

/** Resolves to the running server, or to null when there is no redis-server on the PATH or it does not start. */
export async function startRedisServer(): Promise<RunningRedis | null> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), "demo-redis-"));
  const fixed = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory];
  // A title of its own would stand where the environment was, by which whoever cleans up after us would know it.
  const options = [...fixed, "--set-proc-title", "no"];
  const guard = spawn("sh", ["-c", GUARD, "sh", directory, ...options], { stdio: ["pipe", "pipe", "ignore"] });
  const gone = once(guard, "exit");
  const stop = async (): Promise<void> => {
    guard.stdin.end();
    await gone;
  };
  if (await becomesReady(guard.stdout)) return { host: `127.0.0.1:${port}`, stop };
  await stop();
  return null;
}

/** Whether it says so in its log before it ends or the time is up. */
function becomesReady(log: Readable): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  setTimeout(resolve, START_TIMEOUT_MS, false).unref();
  // Read to the end, or the pipe fills up and Redis blocks on its log.
  createInterface(log)
    .on("line", (line) => line.includes("Ready to accept connections") && resolve(true))
    .on("close", () => resolve(false));
  return promise;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await server[Symbol.asyncDispose]();
  return port;
}
