/**
 * The life of a process: what ends it, how soon, and with which exit code. Knows no service: it is given a program.
 * Invariant: the process is either whole or gone: an unhandled error is logged once and ends it.
 */
import type { Log } from "../ports/log.ts";
import { watchTerminal } from "./terminal.ts";

/** sysexits.h: EX_CONFIG. systemd's RestartPreventExitStatus keeps it from restarting a service nobody can start. */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;
const STOP_TIMEOUT_MS = 4_500;

export interface Program {
  /** On SIGHUP, unless that says that the terminal was closed. */
  reload(): Promise<unknown>;
  /** On SIGTERM, SIGINT, and when the terminal is closed. */
  stop(): Promise<void>;
}

/**
 * Starts it and obeys signals from then on. What `start` rejects with and says of itself whether it `isConfiguration` is a message
 * for people, without a stack.
 */
export async function runProgram(start: () => Promise<Program>, log: Log): Promise<void> {
  const die = (message: string, error: unknown): void => {
    const fields = error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) };
    log.write("error", message, fields);
    process.exit(EXIT_FAILURE);
  };
  // Whoever read our log may go; the service stays.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  process.on("uncaughtException", (error) => die("unexpected error, exiting", error));
  process.on("unhandledRejection", (error) => die("unexpected rejection, exiting", error));
  const isHungUp = watchTerminal();
  const program = start();
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // A terminal and npm both deliver Ctrl-C to the same process.
    if (isStopping) return;
    isStopping = true;
    log.write("info", "stopping", { signal });
    setTimeout(() => die("stopping took too long", signal), STOP_TIMEOUT_MS).unref();
    void program
      .then((started) => started.stop())
      .finally(() => {
        log.write("info", "stopped");
        process.exit(0);
      });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("SIGHUP", (signal) => (isHungUp() ? stop(signal) : void program.then((started) => started.reload())));
  try {
    await program;
  } catch (error) {
    if (!isRefusal(error)) die("cannot start", error);
    else {
      process.stderr.write(`${error.message}\n`);
      process.exit(error.exitCode ?? (error.isConfiguration ? EXIT_CONFIG : EXIT_FAILURE));
    }
  }
}

/** A reason for people not to start; `isConfiguration`: only they can do something about it. */
function isRefusal(error: unknown): error is Error & { readonly isConfiguration: boolean; readonly exitCode?: number } {
  return error instanceof Error && "isConfiguration" in error;
}
