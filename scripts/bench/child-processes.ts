/**
 * The processes of one row (servers, clients and probers, each alone so that its CPU time is its own) and whatever else ends with
 * it. Rows start them here, main.ts ends them. Programs of ours (processes/) obey orders over IPC, see processes/obey.ts.
 * Invariant: none lives longer than its row; ours leave by themselves when the channel closes, even if we are killed.
 */
import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { MemorySettings } from "../memory.ts";

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

export interface RunningProcess {
  readonly pid: number;
  /** Resolves when the process has ended, with how it did: `code 1`, `SIGKILL`. */
  readonly gone: Promise<string>;
}

/** A program of ours that waits for orders, one at a time. */
export interface ObedientProcess<Order, Result> extends RunningProcess {
  /** Resolves with what the program made of it; rejects when it failed, ended, or took longer than two minutes. */
  order(order: Order): Promise<Result>;
}

/** Memory settings: default none; their variables stand beside those of the benchmark itself. */
export interface ProgramOptions extends Partial<MemorySettings> {
  readonly args?: readonly string[];
}

export class ChildProcesses {
  readonly #ends = new AsyncDisposableStack();
  #ended: Promise<void> | null = null;

  /** What needs them fails when `signal` ends them, and so cleans up after itself. */
  constructor(signal?: AbortSignal) {
    signal?.addEventListener("abort", () => void this.endAll());
  }

  /** Starts a script that calls `obey` and resolves when it is ready; rejects when it is not. */
  async start<Order extends object, Result>(
    script: string | URL,
    { args = [], nodeFlags = [], env = {} }: ProgramOptions = {},
  ): Promise<ObedientProcess<Order, Result>> {
    const options = { execArgv: [...nodeFlags], env: { ...process.env, ...env } };
    const [child, running] = this.#track(() =>
      fork(script, args, { ...options, stdio: ["ignore", "ignore", "inherit", "ipc"] }),
    );
    await nextReply(child, running);
    return {
      ...running,
      order: async (order) => {
        child.send(order);
        return (await nextReply(child, running)) as Result; // the script is ours; its type stands beside it
      },
    };
  }

  /** Starts any other program, with its standard output as a pipe. */
  spawn(command: string, args: readonly string[], env: NodeJS.ProcessEnv): RunningProcess & { stdout: Readable } {
    const [{ stdout }, running] = this.#track(() =>
      spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] }),
    );
    return { ...running, stdout };
  }

  async folder(): Promise<string> {
    await mkdir(CACHE, { recursive: true });
    const path = await mkdtemp(join(CACHE, "bench-"));
    this.defer(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  defer(end: () => Promise<void>): void {
    this.#ends.defer(end);
  }

  /** Ends everything, what came last first; a process that does not end within 5 s is killed. None can be started from now on. */
  endAll(): Promise<void> {
    return (this.#ended ??= this.#ends.disposeAsync());
  }

  #track<Child extends ChildProcess>(launch: () => Child): [Child, RunningProcess] {
    if (this.#ends.disposed) throw new Error("the row has been ended");
    const child = launch();
    const { pid } = child;
    if (pid === undefined) throw new Error("the process did not start");
    const gone = new Promise<string>((resolve) => {
      child.once("exit", (code, killedBy) => resolve(killedBy ?? `code ${code}`));
    });
    this.defer(async () => {
      const timer = setTimeout(() => child.kill("SIGKILL"), END_TIMEOUT_MS);
      child.kill("SIGTERM");
      await gone;
      clearTimeout(timer);
    });
    return [child, { pid, gone }];
  }
}

/**
 * Ctrl-C and its relatives as one signal. To be called once, at the start; aborted by the first of them.
 * The exit code is then 128 + the number of the signal, as shells have it.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(name, () => {
      process.exitCode = 128 + constants.signals[name];
      controller.abort();
    });
  }
  return controller.signal;
}

async function nextReply(child: ChildProcess, { gone }: RunningProcess): Promise<unknown> {
  const fail = (what: string): never => {
    throw new Error(`${child.spawnargs.slice(1).join(" ")} ${what}`);
  };
  const reply = await Promise.race([
    once(child, "message").then(([message]) => message as Reply), // see processes/obey.ts
    gone.then((how) => fail(`ended (${how})`)),
    sleep(ORDER_TIMEOUT_MS, null, { ref: false }).then(() => fail("did not answer in time")),
  ]);
  return "error" in reply ? fail(`failed: ${reply.error}`) : reply.result;
}
