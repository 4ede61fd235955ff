/**
 * What a run of the tests has started ends with it, also when the run, or a process of it, is killed and cannot tidy up.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** A run that is in nothing different from every other, but for the one file that it runs. */
const CONFIG = join(ROOT, ".cache/hanging-run.config.ts");
const HANGING_RUN = `
  import everyRun from "../vitest.config.ts";
  export default { ...everyRun, test: { ...everyRun.test, include: ["test/support/hangs.ts"] } };`;

/** Handed on to everything that is started, like the marks by which it is found. */
function markedRun(args: readonly string[]): { run: ChildProcess; left(): string[] } {
  const mark = `TAKEN_ALONG_${randomUUID().replaceAll("-", "")}`;
  const run = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, [mark]: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { run, left: () => commandsWith(mark) };
}

/** Of all processes whose environment holds the mark, except those that watch: they end when they have done their work. */
function commandsWith(mark: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => contentOf(pid, "environ").includes(mark))
    .map((pid) => contentOf(pid, "cmdline").replaceAll("\0", " "))
    .filter((command) => !command.includes("take-along.sh"));
}

function contentOf(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return ""; // it has ended meanwhile, or belongs to somebody else
  }
}

async function until(run: ChildProcess, text: string): Promise<void> {
  let said = "";
  for await (const chunk of run.stdout ?? []) {
    said += String(chunk);
    if (said.includes(text)) return;
  }
  throw new Error(`the run ended:\n${said}`);
}

describe("a run of the tests that is killed", () => {
  it("leaves nothing of the service, of the Worker, of its runtime or of Redis behind", async () => {
    writeFileSync(CONFIG, HANGING_RUN);
    const { run, left } = markedRun(["node_modules/vitest/vitest.mjs", "run", "--config", CONFIG]);
    await until(run, "everything runs");
    const running = left().join("\n");
    for (const program of ["vitest", "dist/node.mjs", "scripts/worker/dev.ts", "wrangler", "workerd", "redis-server"]) {
      expect(running).toContain(program);
    }
    run.kill("SIGKILL");
    await expect.poll(left).toEqual([]);
  });

  it("takes along what has left its process group, also when only the process that started it is killed", async () => {
    const code = `
      import { spawn } from "node:child_process";
      import { takeChildrenAlong } from "${join(ROOT, "scripts/take-along.ts")}";
      takeChildrenAlong();
      spawn("sh", ["-c", "sleep 600 & sleep 600"], { detached: true, stdio: "ignore" });
      console.log("everything runs");
      setInterval(() => {}, 1_000);`;
    const { run, left } = markedRun(["--input-type=module", "--eval", code]);
    await until(run, "everything runs");
    await expect.poll(() => left().filter((command) => command.startsWith("sleep")).length).toBe(2);
    run.kill("SIGKILL");
    await expect.poll(left).toEqual([]);
  });
});
