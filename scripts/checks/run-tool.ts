/**
 * Runs a tool of node_modules with the Node that runs us, and keeps what it says until somebody wants to see it.
 * Called by steps.ts. Invariant: nothing goes through a shell or through node_modules/.bin, which not every npm fills.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface ToolResult {
  readonly isOk: boolean;
  /** Both output streams as they came, without trailing white space. */
  readonly output: string;
}

/** `script` is a path from the top of the project, such as `node_modules/knip/bin/knip.js`. Rejects when Node cannot start. */
export async function runTool(script: string, args: readonly string[] = []): Promise<ToolResult> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  }
  const [exitCode] = await once(child, "close");
  return { isOk: exitCode === 0, output: output.trimEnd() };
}
