/**
 * Starts what the pipeline rows measure: a target, the whole pipeline over so many services that all point at it, and, for
 * comparison, a bare loop that asks the same target. Each is a process of its own.
 * Called by rows. Ours and the reference run with the settings of memory.sh, because the rows are about the service as it runs.
 */
import { memorySettings } from "../memory.ts";
import type { ChildProcesses, ObedientProcess } from "./child-processes.ts";
import type { CallCost, CallOrder } from "./processes/measure-calls.ts";
import type { SweepsCost, SweepsOrder } from "./processes/whole-pipeline.ts";
import { bundleProgram, DIST, SHARE_BUNDLE, startTarget } from "./programs.ts";
import { databaseIn } from "./service.ts";

export interface Pipeline {
  readonly ours: ObedientProcess<SweepsOrder, SweepsCost>;
  /** A bare `undici.request` on a fresh connection for each call. */
  readonly bare: ObedientProcess<CallOrder, CallCost>;
}

export async function startPipeline(children: ChildProcesses, serviceCount: number): Promise<Pipeline> {
  const url = `${(await startTarget(children)).origin}/api/tags`;
  const settings = memorySettings();
  const whole = await bundleProgram(children, "whole-pipeline", SHARE_BUNDLE);
  const args = [url, String(serviceCount), databaseIn(await children.folder()), DIST];
  return {
    ours: await children.start(whole, { args, ...settings }),
    bare: await children.start(await bundleProgram(children, "bare-calls"), { args: [url, "request"], ...settings }),
  };
}
