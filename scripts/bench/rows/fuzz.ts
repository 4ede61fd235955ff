/**
 * The built service with a month of history against 100,000 requests that the fuzzer derives from its OpenAPI document.
 * Listed in registry.ts. Every run takes another seed, which is told together with what was found.
 * Invariant: fewer requests than promised are no result.
 */
import { randomInt } from "node:crypto";
import { reportText } from "../../fuzz/report.ts";
import { fuzz } from "../../fuzz/run.ts";
import { startFuzzedService } from "../../fuzz/service.ts";
import type { AbsoluteBar, MeasureRow } from "../row.ts";

const REQUESTS = 100_000;
const MOST_SEED = 2 ** 31;
const NONE: AbsoluteBar = { atMost: 0, on: "max" };
/** Through everything that clients may send. */
const MOST_MEMORY_MB = 200;

export const fuzzed: MeasureRow = async (children) => {
  const service = await startFuzzedService(children);
  try {
    const report = await fuzz({ host: "127.0.0.1", port: service.port, seed: randomInt(MOST_SEED), count: REQUESTS });
    if (report.requestCount < REQUESTS) throw new Error(`only ${report.requestCount} requests were answered`);
    console.error(reportText(report));
    const failureCount = report.failures.reduce((sum, { count }) => sum + count, 0);
    const what = `${REQUESTS.toLocaleString("en")} fuzzed requests`;
    return [
      { what: `${what}: answers of 5xx`, unit: "", bar: NONE, values: [report.serverErrorCount] },
      { what: `${what}: broken rules, leaks and silences included`, unit: "", bar: NONE, values: [failureCount] },
      {
        what: "memory of the service after them",
        unit: "MB",
        bar: { atMost: MOST_MEMORY_MB, on: "max" },
        values: [service.memory().residentMb],
      },
      { what: "their 99th percentile of latency, 4 connections", unit: "ms", bar: null, values: [report.p99Ms] },
    ];
  } finally {
    await service.remove();
  }
};
