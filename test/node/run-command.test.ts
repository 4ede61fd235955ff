/** Running programs of the configuration, with real processes. */
import { describe, expect, it } from "vitest";
import { runCommand } from "../../shared/node/run-command.ts";

const node = (script: string, timeoutMs = 10_000) =>
  runCommand({ program: process.execPath, args: ["-e", script], timeoutMs });

describe("runCommand", () => {
  it("tells the exit code", async () => {
    expect(await node("process.exit(3)")).toEqual({ kind: "ended", code: 3 });
  });

  it("passes no shell: what looks like one is an argument", async () => {
    const script = "process.exit(process.argv[1] === '; exit 7 #' ? 0 : 1)";
    expect(
      await runCommand({ program: process.execPath, args: ["-e", script, "; exit 7 #"], timeoutMs: 10_000 }),
    ).toEqual({ kind: "ended", code: 0 });
  });

  it("gives the program no variable of ours but PATH and HOME", async () => {
    process.env["CANARY"] = "secret";
    const script = "process.exit(Object.keys(process.env).every((name) => ['PATH', 'HOME'].includes(name)) ? 0 : 1)";
    expect(await node(script)).toEqual({ kind: "ended", code: 0 });
  });

  it("kills what does not end in time, with what it has started", async () => {
    const script =
      "require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']); setTimeout(() => {}, 60000)";
    expect(await node(script, 300)).toEqual({ kind: "timeout" });
  });

  it.each([
    ["there is no such program", "/nowhere/nothing", []],
    ["it may not be run", "/etc/passwd", []],
    ["its arguments are too long for the system", process.execPath, ["x".repeat(4_000_000)]],
    ["an argument cannot be passed", process.execPath, ["nul\u0000"]],
  ])("tells when %s", async (_why, program, args) => {
    expect(await runCommand({ program, args, timeoutMs: 1_000 })).toEqual({ kind: "not_started" });
  });
});
