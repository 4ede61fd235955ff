/**
 * CPU time of one probe of ours against one call of a bare client, both asking the same server with the same concurrency: on a
 * fresh connection, the default, beside `undici.request`, and on a kept one (`pooled: true`) beside undici's cheapest call.
 * Each side is a process that does nothing else, bundled as the service is, on Node's own defaults:
 * the flags of start.sh buy memory with CPU, on both sides but not alike, and are no property of a probe.
 * Invariants: both sides read the same 2 KB as JSON; the target's count of connections proves that fresh probes were fresh and
 * pooled ones were pooled.
 */
import type { BareWay } from "../processes/bare-calls.ts";
import { CONCURRENCY, type CallCost, type CallOrder } from "../processes/measure-calls.ts";
import { bundleProgram } from "../programs.ts";
import { figures, pairedRounds, type MeasureRow } from "../row.ts";
import { startTarget } from "../target.ts";

interface Way {
  readonly connection: "fresh" | "kept";
  readonly reference: BareWay;
  /** Calls a round and side. */
  readonly count: number;
  /** Of the ratio. */
  readonly atMost: number;
}

/** Many short pairs rather than few long ones: a neighbour who takes the processor for seconds then spoils few ratios. */
const TURNS = { warmUps: 5, rounds: 41 };

const probeRow =
  ({ connection, reference, count, atMost }: Way): MeasureRow =>
  async (children) => {
    const target = await startTarget(children);
    const url = `${target.origin}/api/tags`;
    const side = async (program: string, ...args: string[]) => {
      const { order } = await children.start<CallOrder, CallCost>(await bundleProgram(children, program), { args });
      return async () => {
        const before = target.seen.connections;
        const cost = await order({ count });
        const opened = target.seen.connections - before;
        const isAsSaid = connection === "fresh" ? opened === count : opened <= CONCURRENCY;
        if (!isAsSaid) throw new Error(`${opened} connections for ${count} calls on ${connection} ones`);
        return cost;
      };
    };
    const ours = await side("whole-probe", JSON.stringify({ url, pooled: connection === "kept" }));
    const pairs = await pairedRounds(TURNS, { ours, reference: await side("bare-calls", url, reference) });
    const what = `CPU a probe, ${connection} connection, against undici.${reference}`;
    return [{ what, unit: "µs", bar: { atMost }, rounds: figures(pairs, ({ cpuUsPerCall }) => cpuUsPerCall) }];
  };

export const probeFresh = probeRow({ connection: "fresh", reference: "request", count: 600, atMost: 1.25 });
export const probePooled = probeRow({ connection: "kept", reference: "dispatch", count: 2_000, atMost: 1.8 });
