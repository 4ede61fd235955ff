/**
 * Runs the simulated services of scripts/demo as a child process, for a host without a configuration of its own.
 * Knows how to start and end that process, not what it simulates: its addresses arrive in one message.
 * Invariant: the child lives no longer than this process. It leaves by itself when the channel between them closes, so even
 * a host that is killed leaves nothing behind.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** What the child sends once, when every service answers. */
export interface DemoReady {
  readonly type: "ready";
  readonly services: DemoServices;
  /** Sentences for the log: what is real, what is imitated, what will go wrong when. */
  readonly notes: readonly string[];
}

/** Addresses as a configuration wants them: the URL to probe, or `host:port`. */
export interface DemoServices {
  readonly jetson_ollama: { readonly url: string };
  readonly cpu_llama: { readonly url: string };
  readonly embeddings: { readonly url: string };
  readonly tools: { readonly url: string };
  readonly haproxy: { readonly url: string };
  readonly redis: { readonly host: string };
}

export interface DemoCluster {
  readonly services: DemoServices;
  readonly notes: readonly string[];
  /** Ends the child and resolves when it is gone, at most about 2 s later. May be called again. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 10_000;
/** The child only has to kill a Redis without data; who needs longer hangs. */
const STOP_TIMEOUT_MS = 2_000;

/**
 * Starts the script and resolves when it is ready. Rejects, with nothing left running, when the script cannot start, ends
 * early, or is not ready within 10 s. `args` go to the script.
 */
export async function startDemoCluster(scriptPath: string | URL, args: readonly string[] = []): Promise<DemoCluster> {
  // Its own notes go to our standard error; standard output belongs to the host's log.
  const child = fork(scriptPath, args, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  try {
    const { services, notes } = await readyMessage(child);
    return { services, notes, stop: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

function readyMessage(child: ChildProcess): Promise<DemoReady> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail("was not ready in time"), READY_TIMEOUT_MS);
    const fail = (what: string): void => {
      clearTimeout(timer);
      reject(new Error(`The demo cluster ${what}`));
    };
    child.once("error", ({ message }) => fail(`did not start: ${message}`));
    child.once("exit", (code, signal) => fail(`ended at its start (${signal ?? `exit code ${code}`})`));
    child.once("message", (message) => {
      clearTimeout(timer);
      resolve(message as DemoReady); // the script is ours and sends nothing else
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  const hasStarted = child.pid !== undefined;
  const isGone = child.exitCode !== null || child.signalCode !== null;
  if (!hasStarted || isGone) return;
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  const gone = once(child, "exit");
  if (child.connected) child.disconnect();
  await gone;
  clearTimeout(timer);
}
