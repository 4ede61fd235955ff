/**
 * A program of the system as a child of the test, in the foreground: ready when its port takes connections, gone after `close`.
 * Used by the parts that come from Debian (nginx, Exim), which are given a folder of their own and nothing of the machine's settings.
 * Invariant: the program's title stays where the environment is not, or take-along.ts would not know it.
 */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { WAIT_LIMIT_MS } from "./time-limits.ts";

export interface Daemon {
  readonly pid: number;
  /** What it has written so far. */
  output(): string;
  /** Resolves when it has ended, whoever made it end. */
  readonly ended: Promise<unknown>;
  /** Resolves when it has ended, as SIGTERM makes it end. */
  close(): Promise<void>;
}

export interface DaemonCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** On loopback. */
  readonly port: number;
  readonly options?: SpawnOptions;
}

/** Resolves when it takes connections; rejects with what it wrote when it ends before. */
export async function startDaemon({ program, args, port, options = {} }: DaemonCommand): Promise<Daemon> {
  const child = spawn(program, [...args], { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, "close");
  await untilListening(child, { port, output: () => text });
  return {
    pid: child.pid ?? 0,
    output: () => text,
    ended,
    async close() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

interface Awaited {
  readonly port: number;
  output(): string;
}

async function untilListening(child: ChildProcess, { port, output }: Awaited): Promise<void> {
  const giveUpAtMs = performance.now() + WAIT_LIMIT_MS;
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}:\n${output()}`);
    if (performance.now() > giveUpAtMs) throw new Error(`${child.spawnfile} does not listen:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20)); // it tells nobody when it is ready
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (isListening: boolean): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
