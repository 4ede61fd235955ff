/**
 * A real redis-server for tests: on a free loopback port, without persistence, with its debug commands.
 * Invariant: it is gone after `close`, also when the test had stopped it with SIGSTOP.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { closedPort } from "./loopback-server.ts";
import { WAIT_LIMIT_MS } from "./time-limits.ts";

export interface RedisServer {
  readonly port: number;
  readonly host: string;
  /** Freezes and thaws the process. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  close(): Promise<void>;
}

const MOST_TRIES = 3;

interface RedisOptions {
  /** Default: any that is free. */
  readonly port?: number;
  /** Of redis-server, after those that all have. */
  readonly args?: readonly string[];
}

/**
 * Starts one. Null when there is no redis-server on the PATH, so that tests can be skipped;
 * in CI that is an error instead.
 */
export async function startRedis({ port: wantedPort, args = [] }: RedisOptions = {}): Promise<RedisServer | null> {
  for (let triesLeft = MOST_TRIES; ; triesLeft -= 1) {
    const isLast = triesLeft === 1 || wantedPort !== undefined;
    // A port that was free may be taken by the time that it is wanted.
    const server = await startAt(wantedPort ?? (await closedPort()), args).catch((error: unknown) => {
      if (isLast) throw error;
    });
    if (server !== undefined) return server;
  }
}

async function startAt(port: number, args: readonly string[]): Promise<RedisServer | null> {
  const fixed = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  // A title of its own would stand where the environment was, by which take-along.ts knows it.
  const options = ["--enable-debug-command", "local", "--set-proc-title", "no"];
  const child = spawn("redis-server", [...fixed, ...options, ...args], { stdio: "ignore" });
  child.once("error", () => {}); // reported below: without a pid it never started
  if (child.pid === undefined) {
    if (process.env["CI"]) throw new Error("redis-server is missing");
    return null;
  }
  await untilReady(child, port);
  return {
    port,
    host: `127.0.0.1:${port}`,
    signal: (signal) => void child.kill(signal),
    async close() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const giveUpAtMs = performance.now() + WAIT_LIMIT_MS;
  while (!(await answersPing(port))) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with code ${child.exitCode}`);
    if (performance.now() > giveUpAtMs) throw new Error("redis-server did not start in time");
    await new Promise((resolve) => setTimeout(resolve, 20)); // the server tells nobody when it is ready
  }
}

/** True when something that speaks RESP answers; a demanded password is an answer, too. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    const end = (isReady: boolean): void => {
      socket.destroy();
      resolve(isReady);
    };
    socket.once("data", (data) => end(/^[+-]/.test(data.toString())));
    socket.once("error", () => end(false));
  });
}
