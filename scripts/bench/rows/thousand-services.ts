/**
 * How long it takes to probe and commit a thousand services at once, beside a bare loop that only asks as often.
 * Listed in registry.ts. Invariant: both sides have a thousand requests on their way at the same time, to the same target.
 */
import { pairedRounds } from "../paired-rounds.ts";
import { startPipeline } from "../pipeline.ts";
import type { MeasureRow } from "../row.ts";

const SERVICES = 1_000;
const TURNS = { warmUps: 4, rounds: 25 };

export const thousandServices: MeasureRow = async (children) => {
  const { ours, bare } = await startPipeline(children, SERVICES);
  const rounds = await pairedRounds(TURNS, {
    ours: async () => (await ours.order({ sweeps: 1, apartMs: 1_000 })).wallMs,
    reference: async () => (await bare.order({ count: SERVICES, concurrency: SERVICES })).wallMs,
  });
  const what = "1,000 services probed and committed, against a bare loop of undici.request";
  return [{ what, unit: "ms", bar: { atMost: 1.4 }, rounds }];
};
