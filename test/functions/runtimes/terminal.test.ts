/** The service on a terminal of its own (a pseudo-terminal of Python): what becomes of it when that is closed. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPythonWith, skipWithout } from "../../support/installed.ts";

const PROGRAM = fileURLToPath(new URL("../../../dist/node.mjs", import.meta.url));
const PYTHON = findPythonWith("pty");

/** Runs a shell line on a terminal, prints what it says; closes the terminal when its own input ends, and lives as long as the line. */
const ON_TERMINAL = `
import os, pty, select, sys
pid, terminal = pty.fork()
if pid == 0: os.execvp("sh", ["sh", "-c", sys.argv[1]])
sources = [terminal, 0]
while 0 in sources:
    for source in select.select(sources, [], [])[0]:
        try: data = os.read(source, 65536)
        except OSError: data = b""
        if source == terminal and data: os.write(1, data)
        elif not data: sources.remove(source)
os.close(terminal)
os.waitpid(pid, 0)
`;

/** `started` fills in SERVICE. */
const ECHO_PID = "sh -c 'echo pid $$ >&2; exec $0 $1' SERVICE";

describe.skipIf(skipWithout(PYTHON))("a service on a terminal (needs python3)", () => {
  let folder: string;
  let terminal: ChildProcess;
  let servicePid = 0;
  let output = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "monitoring-"));
    output = "";
  });
  afterEach(async () => {
    if (isAlive(servicePid)) process.kill(servicePid, "SIGKILL");
    terminal.stdin?.end();
    if (terminal.exitCode === null && terminal.signalCode === null) await once(terminal, "exit");
    rmSync(folder, { recursive: true, force: true });
  });

  /** The demo, without a configuration; `line` runs "$@". Resolves when it monitors. */
  async function started(line: string): Promise<void> {
    const service = `"${process.execPath}" "${PROGRAM}"`;
    const env = { ...process.env, PORT: "0", HOST: "127.0.0.1", MONITORING_DB: join(folder, "test.db") };
    terminal = spawn(String(PYTHON), ["-c", ON_TERMINAL, line.replace("SERVICE", service)], { cwd: folder, env });
    createInterface({ input: terminal.stdout as NodeJS.ReadableStream }).on("line", (said) => (output += `${said}\n`));
    await expect.poll(said).toContain("/dashboard");
    servicePid = Number(/^pid (\d+)/m.exec(said())?.[1]);
  }
  const said = (): string => {
    const file = join(folder, "nohup.out");
    return output + (existsSync(file) ? readFileSync(file, "utf8") : "");
  };
  const demoOf = (pid: number): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  const closeTerminal = (): void => void terminal.stdin?.end();

  for (const [name, line] of Object.entries({
    "in the foreground": ECHO_PID,
    "as a shell with job control runs it": `set -m; ${ECHO_PID} & fg >/dev/null`,
    "with its log in a file": `${ECHO_PID} >nohup.out`,
  })) {
    it(`ends with its demo when that is closed: ${name}`, async () => {
      await started(line);
      const demo = demoOf(servicePid);
      expect(demo.length).toBeGreaterThan(0);
      closeTerminal();
      await expect.poll(() => [servicePid, ...demo].filter(isAlive)).toEqual([]);
    });
  }

  it("loads its configuration again on SIGHUP as long as that is open", async () => {
    await started(ECHO_PID);
    process.kill(servicePid, "SIGHUP");
    await expect.poll(said).toContain("configuration reloaded");
    expect(isAlive(servicePid)).toBe(true);
  });

  it("stays when it was started to outlive that (nohup)", async () => {
    await started(ECHO_PID.replace("exec", "exec nohup"));
    closeTerminal();
    await expect.poll(said).toContain("configuration reloaded");
    expect(isAlive(servicePid)).toBe(true);
  });
});

/** Also false of a process that has ended and waits for its parent to look. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
