/**
 * What a step of `npm run check` comes to, and how a tool of node_modules is run as one, with the Node that runs us.
 * Used by check.ts and the checks. Invariant: nothing goes through a shell or through node_modules/.bin, which not every npm fills.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";

export interface StepResult {
  /** What is wrong; empty when all is well. */
  readonly faults: readonly string[];
  /** What was looked at, in a few words: `53 files`; empty when the tool does not say. */
  readonly note: string;
}

/** What both output streams say as it comes. `script` is a path from the top of the project. Rejects when Node cannot start. */
export async function runTool(script: string, ...args: readonly string[]): Promise<{ isOk: boolean; output: string }> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  }
  const [exitCode] = await once(child, "close");
  return { isOk: exitCode === 0, output: output.trimEnd() };
}

export async function toolStep(script: string, ...args: readonly string[]): Promise<StepResult> {
  const { isOk, output } = await runTool(script, ...args);
  return { faults: isOk ? [] : [output], note: "" };
}
