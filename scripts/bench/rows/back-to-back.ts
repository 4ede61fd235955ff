/**
 * What a check costs from probe to snapshot when one sweep follows the other: no idle time, whose wake-ups cost more than
 * the work itself. The sibling of check-cpu, which measures the service at its own pace.
 * Listed in registry.ts. The second line tells how much of it is the fresh connection, which a bare request pays as well.
 * Invariant: every check is a real probe over HTTP and has been committed to a file, 100 in a sweep.
 */
import { pairedRounds } from "../paired-rounds.ts";
import { startPipeline } from "../pipeline.ts";
import type { MeasureRow } from "../row.ts";

const SERVICES = 100;
const SWEEPS = 10;
const TURNS = { warmUps: 8, rounds: 31 };

export const backToBack: MeasureRow = async (children) => {
  const { ours, bare } = await startPipeline(children, SERVICES);
  const rounds = await pairedRounds(TURNS, {
    ours: async () => {
      const { cpuUs, checks } = await ours.order({ sweeps: SWEEPS, apartMs: 1_000 });
      return cpuUs / checks / 1_000;
    },
    reference: async () => {
      const { cpuUsPerCall } = await bare.order({ count: SWEEPS * SERVICES, concurrency: SERVICES });
      return cpuUsPerCall / 1_000;
    },
  });
  return [
    {
      what: "CPU a check, back to back: probe, compareToBar, commit, snapshot, 100 services",
      unit: "ms",
      bar: { on: "median", atMost: 0.2 },
      values: rounds.map(({ ours: ms }) => ms),
    },
    { what: "the same, against nothing but undici.request", unit: "ms", bar: null, rounds },
  ];
};
