/**
 * CPU time of one probe of ours against one call of a bare client, both asking the same server with the same concurrency.
 * Called by the probe rows. Each side is a process that does nothing else, bundled as the service is, on Node's own defaults:
 * the flags of start.sh buy memory with CPU, on both sides but not alike, and are no property of a probe.
 * Invariant: the target's count of connections proves that fresh probes were fresh and pooled ones were pooled.
 */
import { bundlePrograms } from "./bundle-programs.ts";
import type { ChildProcesses, ObedientProcess } from "./child-processes.ts";
import { figures, pairedRounds } from "./paired-rounds.ts";
import { CONCURRENCY, type CallCost, type CallOrder } from "./processes/measure-calls.ts";
import type { TargetState } from "./processes/target-server.ts";
import type { Pair } from "./row.ts";

export interface ProbeCostOptions {
  /** Name of a program in processes/. */
  readonly reference: string;
  readonly connection: "fresh" | "pooled";
  /** Calls a round and side. */
  readonly count: number;
}

/** Many short pairs rather than few long ones: a neighbour who takes the processor for seconds then spoils few ratios. */
const TURNS = { warmUps: 5, rounds: 41 };

/** Microseconds a call. */
export async function probeCost(
  children: ChildProcesses,
  { reference, connection, count }: ProbeCostOptions,
): Promise<Pair<number>[]> {
  const target = await children.start<object, TargetState>(new URL("processes/target-server.ts", import.meta.url));
  const url = `http://127.0.0.1:${(await target.order({})).port}/api/tags`;
  const programs = await bundlePrograms(["whole-probe", reference]);
  try {
    const start = (name: string, args: readonly string[] = []) =>
      children.start<CallOrder, CallCost>(programs.pathOf(name), { args: [url, ...args] });
    const ours = await start("whole-probe", connection === "pooled" ? ["pooled"] : []);
    const bare = await start(reference);
    const measure = (side: ObedientProcess<CallOrder, CallCost>) => async (): Promise<CallCost> => {
      const before = await target.order({});
      const cost = await side.order({ count });
      const after = await target.order({});
      checkConnections(connection, count, after.connectionCount - before.connectionCount);
      return cost;
    };
    const pairs = await pairedRounds(TURNS, { ours: measure(ours), reference: measure(bare) });
    return figures(pairs, ({ cpuUsPerCall }) => cpuUsPerCall);
  } finally {
    await programs.remove();
  }
}

function checkConnections(connection: "fresh" | "pooled", calls: number, opened: number): void {
  const isAsSaid = connection === "fresh" ? opened === calls : opened <= CONCURRENCY;
  if (!isAsSaid) throw new Error(`${opened} connections for ${calls} ${connection} calls`);
}
