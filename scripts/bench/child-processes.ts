/**
 * The processes of one row (servers, clients and probers, each alone so that its CPU time is its own) and the folders of their
 * files. Rows start them here, main.ts ends them. Programs of ours (processes/) obey orders over IPC, see processes/obey.ts.
 * Invariant: none lives longer than its row; ours leave by themselves when the channel closes, even if we are killed.
 */
import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Inside the project, because that lies on a disk where /tmp may be memory, which costs no write, and because a bundle finds
 * packages with binaries by walking up from where it is. Git and the build ignore what is in here.
 */
const CACHE = join(import.meta.dirname, "../../.cache");
/** Longer than any order takes, on a busy machine too: it ends what hangs. */
const ORDER_TIMEOUT_MS = 120_000;
/** The service drains before it ends. */
const END_TIMEOUT_MS = 5_000;

/** What a program of ours sends: once when it is ready, then once for each order. */
export type Reply = { readonly result: unknown } | { readonly error: string };

/** A program of ours that waits for orders, one at a time. */
export interface ObedientProcess<Order, Result> {
  readonly pid: number;
  /** Resolves with what the program made of it; rejects when it failed, ended, or took longer than two minutes. */
  order(order: Order): Promise<Result>;
  /** Resolves when the process has ended, however it did. */
  readonly gone: Promise<void>;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Flags of Node and V8; default: none. */
  readonly nodeFlags?: readonly string[];
  /** Environment variables beside those of the benchmark itself. */
  readonly env?: Readonly<Record<string, string>>;
}

export class ChildProcesses {
  readonly #children = new Set<ChildProcess>();
  readonly #folders: string[] = [];
  #hasEnded = false;

  /** Starts a script that calls `obey` and resolves when it is ready; rejects when it is not. */
  async start<Order extends object, Result>(
    script: string | URL,
    { args = [], nodeFlags = [], env = {} }: ProgramOptions = {},
  ): Promise<ObedientProcess<Order, Result>> {
    const child = this.#track(() =>
      fork(script, args, {
        execArgv: [...nodeFlags],
        env: { ...process.env, ...env },
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      }),
    );
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    await nextReply(child);
    return {
      gone,
      pid: pidOf(child),
      order: async (order) => {
        child.send(order);
        return (await nextReply(child)) as Result; // the script is ours; its type stands beside it
      },
    };
  }

  /** Starts any other program, with its standard output as a pipe. */
  spawn(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    return this.#track(() => spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] }));
  }

  /** Path of a new folder. */
  async folder(): Promise<string> {
    await mkdir(CACHE, { recursive: true });
    const path = await mkdtemp(join(CACHE, "bench-"));
    this.#folders.push(path);
    return path;
  }

  /** Resolves when all processes and folders are gone, at most 5 s later; none can be started from now on. */
  async endAll(): Promise<void> {
    this.#hasEnded = true;
    await Promise.all([...this.#children].map(end));
    await Promise.all(this.#folders.map((path) => rm(path, { recursive: true, force: true })));
  }

  #track(launch: () => ChildProcess): ChildProcess {
    if (this.#hasEnded) throw new Error("the row has been ended");
    const child = launch();
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    return child;
  }
}

/** Of a child that has started. */
export function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error("the process did not start");
  return pid;
}

async function nextReply(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  const fail = (what: string): never => {
    throw new Error(`${child.spawnargs.slice(1).join(" ")} ${what}`);
  };
  try {
    const reply = await Promise.race([
      once(child, "message", { signal }).then(([message]) => message as Reply), // see processes/obey.ts
      once(child, "exit", { signal }).then(([code, killedBy]) => fail(`ended (${killedBy ?? `code ${code}`})`)),
      sleep(ORDER_TIMEOUT_MS, undefined, { signal }).then(() => fail("did not answer in time")),
    ]);
    return "error" in reply ? fail(`failed: ${reply.error}`) : reply.result;
  } finally {
    settled.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  const hasStarted = child.pid !== undefined;
  const isGone = child.exitCode !== null || child.signalCode !== null;
  if (!hasStarted || isGone) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), END_TIMEOUT_MS);
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
  clearTimeout(timer);
}
