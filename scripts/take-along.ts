/**
 * Lets nothing that this process starts live longer than it does, however it ends: by SIGKILL as well.
 * Called at the start by what runs children: vitest and each of its workers, the benchmark, the soak, the fuzzer, `dev:worker`.
 * take-along.sh does it, from a process that notices our end by the end of a pipe and knows our children by a variable.
 * Invariant: children of children are found too; a child that is given an environment of its own needs `childMarks()` in it.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { join } from "node:path";

/** One variable for each process that takes its children along, so that a child's own mark does not replace that of its parent. */
const PREFIX = "TAKEN_ALONG_";

/** To be called once, before anything is started. */
export function takeChildrenAlong(): void {
  const mark = `${PREFIX}${randomUUID().replaceAll("-", "")}`;
  const watcher = spawn("sh", [join(import.meta.dirname, "take-along.sh"), mark], {
    detached: true, // or it would be killed together with our group
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.unref();
  (watcher.stdin as Socket).unref(); // a pipe to a child is one
  process.env[mark] = "1";
}

/** What an environment that is not inherited must hold. */
export function childMarks(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith(PREFIX) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
