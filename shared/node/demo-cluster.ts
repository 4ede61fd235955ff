/**
 * Runs the simulated services of functions/cli/demo as a child process, for who has no configuration of his own.
 * Knows how to start and end that process, not what it simulates: the configuration to watch it arrives in one message.
 * Invariant: the child lives no longer than this process. It leaves by itself when the channel between them closes, so even
 * a process that is killed leaves nothing behind.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { ConfigurationSource } from "../ports/configuration-source.ts";
import type { Log } from "../ports/log.ts";
import { findConfiguration } from "./configuration-file.ts";

/** What the child sends once, when every service answers. */
export interface DemoReady {
  readonly type: "ready";
  /** Text of a configuration that watches the simulated services. */
  readonly configuration: string;
  /** Says that this is a demo. */
  readonly notice: string;
  /** Sentences for the log: what is real, what is imitated, what will go wrong when. */
  readonly notes: readonly string[];
}

/** What is to be watched, for as long as nobody ends it. */
export interface DemoCluster extends ConfigurationSource {
  /** Ends the child and resolves when it is gone, at most about 2 s later. May be called again. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 10_000;
/** The child only has to kill a Redis without data; who needs longer hangs. */
const STOP_TIMEOUT_MS = 2_000;

/**
 * Starts the script and resolves when it is ready; the log says, loudly, what it is. Rejects, with nothing left running, when the
 * script cannot start, ends early, or is not ready within 10 s. `args` go to the script.
 */
export async function startDemoCluster(
  scriptPath: string | URL,
  log: Log,
  args: readonly string[] = [],
): Promise<DemoCluster> {
  // Its own notes go to our standard error; standard output belongs to the log.
  const child = fork(scriptPath, args, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  try {
    const { configuration, notice, notes } = await readyMessage(child);
    for (const note of notes) log.write("info", note);
    log.write("warn", notice);
    return { name: "demo cluster", notice, read: readAtFirst(configuration), stop: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** Who asks again wants to know what has changed: a reload. */
function readAtFirst(configuration: string): () => Promise<string> {
  let hasRead = false;
  return async () => {
    const written = hasRead ? findConfiguration() : null;
    if (written !== null) throw new Error(`${written} is there now; restart the service to leave the demo`);
    hasRead = true;
    return configuration;
  };
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
