/**
 * What the service's memory comes to after 10,000 sweeps, and how much of it the second half has added: a leak shows there.
 * Listed in registry.ts. What runs is processes/whole-pipeline.ts: everything the service consists of, six services, 10 s
 * from sweep to sweep, so that 28 hours pass and the job thread makes blocks of them.
 * Invariant: the API is asked in between, so that its code and its caches are part of the figure.
 */
import { startPipeline } from "../pipeline.ts";
import type { SweepsCost } from "../processes/whole-pipeline.ts";
import type { MeasureRow } from "../row.ts";

const SERVICES = 6;
const APART_MS = 10_000;
const SWEEPS = 5_000;
/** No order may take longer than two minutes, also on a machine that is busy with other things. */
const SWEEPS_AN_ORDER = 250;
const PATHS = ["/cluster_health", "/health", "/alerts", "/history?limit=20", "/history/service_0", "/stats"];
const MEGABYTE = 1_000_000;

export const memory: MeasureRow = async (children) => {
  const { ours } = await startPipeline(children, SERVICES);
  const megabytesAfterSweeps = async (): Promise<number> => {
    let megabytes = 0;
    for (let count = 0; count < SWEEPS; count += SWEEPS_AN_ORDER) {
      const cost = await ours.order({ sweeps: SWEEPS_AN_ORDER, apartMs: APART_MS });
      await askEverything(cost);
      megabytes = cost.rssBytes / MEGABYTE;
    }
    return megabytes;
  };
  const half = await megabytesAfterSweeps();
  const whole = await megabytesAfterSweeps();
  const resident = "resident memory after 10,000 sweeps of 6 services";
  const added = "what the last 5,000 of them have added";
  return [
    { what: resident, unit: "MB", bar: { on: "max", atMost: 125 }, values: [whole] },
    { what: added, unit: "MB", bar: { on: "max", atMost: 5 }, values: [whole - half] },
  ];
};

async function askEverything({ origin }: SweepsCost): Promise<void> {
  for (const path of PATHS) {
    const response = await fetch(`${origin}${path}`);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  }
}
