/**
 * What the service reports as the latency of targets that answer after 20 ms while its API is asked as fast as it can answer.
 * Invariant: client, target and service share the machine, so on few cores the target itself may be late: that is in the figure.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { startLoadClient } from "../programs.ts";
import { reportedMs } from "../reported.ts";
import type { MeasureRow } from "../row.ts";
import { startService, watching } from "../service.ts";
import { quantile } from "../statistics.ts";
import { startTarget } from "../target.ts";

const SERVICE_COUNT = 6;
const CONNECTIONS = 50;
const ROUNDS = 4;
const ROUND_MS = 5_000;
const WARM_UP_MS = 1_500;

export const latencyUnderLoad: MeasureRow = async (children) => {
  const target = await startTarget(children);
  const { pid, port } = await startService(children, watching(target.urls(SERVICE_COUNT, "/slow"), 1));
  const client = await startLoadClient(children);
  const load = async (durationMs: number): Promise<number> =>
    (await client.order({ pid, port, path: "/cluster_health", connections: CONNECTIONS, durationMs })).requestsPerS;
  await load(WARM_UP_MS);
  const idle = await reportedP95Ms(port, () => sleep(ROUND_MS));
  const rates: number[] = [];
  const values: number[] = [];
  while (values.length < ROUNDS) {
    values.push(await reportedP95Ms(port, async () => rates.push(await load(ROUND_MS))));
  }
  const what = "p95 of the latency reported for a 20 ms target";
  return [
    { what: `${what}, API saturated`, unit: "ms", bar: { atMost: 30, on: "median" }, values },
    { what: `${what}, API idle`, unit: "ms", bar: null, values: [idle] },
    { what: `requests meanwhile, ${CONNECTIONS} connections`, unit: "/s", bar: null, values: rates },
  ];
};

/** Of all probes that ended during `work`. */
async function reportedP95Ms(port: number, work: () => Promise<unknown>): Promise<number> {
  return quantile(await reportedMs(port, SERVICE_COUNT, work), 0.95);
}
