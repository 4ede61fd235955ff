/**
 * Running a program of the configuration: a list of arguments, no shell, a time limit. Implements the port RunCommand.
 * Invariant: the program inherits no secret: of the environment it gets PATH and HOME alone.
 */
import { spawn } from "node:child_process";
import type { Command, CommandEnd } from "../ports/remediation.ts";

export function runCommand({ program, args, timeoutMs }: Command): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const { PATH, HOME } = process.env;
    const child = spawn(program, args, { env: { PATH, HOME }, stdio: "ignore", shell: false, detached: true });
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

/** What it has started goes with it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}
