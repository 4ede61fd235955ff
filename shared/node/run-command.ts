/**
 * Running a program of the configuration: a list of arguments, no shell, a time limit. Implements the port RunCommand.
 * Invariant: the program inherits no secret: of the environment it gets PATH and HOME alone.
 */
import { spawn, type ChildProcess } from "node:child_process";
import type { Command, CommandEnd } from "../ports/remediation.ts";

export function runCommand({ program, args, timeoutMs }: Command): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const { PATH, HOME } = process.env;
    const child = start(() =>
      spawn(program, args, { env: { PATH, HOME }, stdio: "ignore", shell: false, detached: true }),
    );
    if (child === null) {
      resolve({ kind: "not_started" });
      return;
    }
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      killGroup(child.pid);
    }, timeoutMs);
    child.once("error", () => {
      clearTimeout(timer);
      resolve({ kind: "not_started" });
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(isLate ? { kind: "timeout" } : { kind: "ended", code });
    });
  });
}

/** Null when the system refuses: of some refusals (EPERM, E2BIG) Node makes no event but throws. */
function start(spawned: () => ChildProcess): ChildProcess | null {
  try {
    return spawned();
  } catch {
    return null;
  }
}

/** What it has started goes with it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}
