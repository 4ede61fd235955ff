/**
 * Starts what the pipeline rows measure: a target, the whole pipeline over so many services that all point at it, and, for
 * comparison, a bare loop that asks the same target. Each is a process of its own.
 * Called by rows. Ours and the reference run with the settings of memory.sh, because the rows are about the service as it runs.
 */
import { join } from "node:path";
import { memorySettings } from "../memory.ts";
import { bundlePrograms, DIST, SHARE_BUNDLE } from "./bundle-programs.ts";
import type { ChildProcesses, ObedientProcess } from "./child-processes.ts";
import type { CallCost, CallOrder } from "./processes/measure-calls.ts";
import type { TargetState } from "./processes/target-server.ts";
import type { SweepsCost, SweepsOrder } from "./processes/whole-pipeline.ts";
import { scratchFolder } from "./scratch-folder.ts";

export interface Pipeline {
  readonly ours: ObedientProcess<SweepsOrder, SweepsCost>;
  /** A bare `undici.request` on a fresh connection for each call. */
  readonly bare: ObedientProcess<CallOrder, CallCost>;
}

/** Runs `measure` with everything started, and removes its files afterwards; the processes end with the row. */
export async function withPipeline<Result>(
  children: ChildProcesses,
  serviceCount: number,
  measure: (pipeline: Pipeline) => Promise<Result>,
): Promise<Result> {
  const target = await children.start<object, TargetState>(new URL("processes/target-server.ts", import.meta.url));
  const url = `http://127.0.0.1:${(await target.order({})).port}/api/tags`;
  const programs = await bundlePrograms(["whole-pipeline", "bare-request"], SHARE_BUNDLE);
  const files = await scratchFolder();
  const memory = memorySettings();
  try {
    const args = [url, String(serviceCount), join(files.path, "bench.db"), DIST];
    const ours = await children.start<SweepsOrder, SweepsCost>(programs.pathOf("whole-pipeline"), { args, ...memory });
    const bare = await children.start<CallOrder, CallCost>(programs.pathOf("bare-request"), { args: [url], ...memory });
    return await measure({ ours, bare });
  } finally {
    await Promise.all([programs.remove(), files.remove()]);
  }
}
