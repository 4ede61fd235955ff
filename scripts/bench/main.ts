/**
 * `npm run bench`: what of ours is measured against what reference, whether it meets its bar, and on what machine.
 *
 *     npm run bench                                 every row, some minutes
 *     npm run bench -- cluster-health probe-fresh   some rows
 *     npm run bench -- --json bench.json            the same as JSON too, with every round
 *
 * How to read it: machines differ and change their mind, so wherever there can be a reference, a row measures ours and the
 * reference by turns in the same run; each pair of rounds gives a ratio, and the median of the ratios is held against the
 * bar. Where a requirement names an amount (bytes, memory), the amount itself is: its median, or its largest where the bar
 * says max. Min–max tells how quiet the machine was: when it straddles the bar, run again. Everything stays on loopback.
 *
 * Exit code: 0 when every bar is met, 1 when one is not or could not be measured, 2 for wrong arguments.
 * Invariant: no child process outlives its row, and none outlives the benchmark, also not after SIGKILL.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { readArguments } from "../../shared/node/read-arguments.ts";
import { takeChildrenAlong } from "../take-along.ts";
import { ChildProcesses, interruption } from "./child-processes.ts";
import { reportLine, toJson, toMarkdown, type Machine, type ReportLine } from "./report.ts";
import type { MeasureRow } from "./row.ts";
import { abandonedConnections } from "./rows/abandoned-connections.ts";
import { alertLatency } from "./rows/alert-latency.ts";
import { checkCpu, diskWrites } from "./rows/busy-service.ts";
import { cleanupDelay, rollupDelay } from "./rows/cleanup-delay.ts";
import { clusterHealth, route } from "./rows/answers.ts";
import { diskGrowth } from "./rows/disk-growth.ts";
import { historyPage, serviceHistory } from "./rows/history.ts";
import { latencyUnderLoad } from "./rows/latency-under-load.ts";
import { backToBack, memory, thousandServices } from "./rows/pipeline.ts";
import { PAGE_ROWS } from "./rows/page.ts";
import { PROBING_ROWS } from "./rows/probing.ts";
import { listeners, openPages, waiters } from "./rows/listeners.ts";
import { quantileError } from "./rows/quantile-error.ts";
import { redisFlood } from "./rows/redis-flood.ts";
import { series, uptime } from "./rows/series.ts";
import { startTime } from "./rows/start-time.ts";
import { workerDay, workerStart } from "./rows/worker.ts";

/** In the order in which they run. */
const ROWS: Readonly<Record<string, MeasureRow>> = {
  "cluster-health": clusterHealth,
  route,
  ...PROBING_ROWS,
  "worker-day": workerDay,
  "worker-start": workerStart,
  "history-page": historyPage,
  "service-history": serviceHistory,
  series,
  uptime,
  "quantile-error": quantileError,
  "cleanup-delay": cleanupDelay,
  "rollup-delay": rollupDelay,
  "latency-under-load": latencyUnderLoad,
  "redis-flood": redisFlood,
  "abandoned-connections": abandonedConnections,
  waiters,
  listeners,
  "open-pages": openPages,
  ...PAGE_ROWS,
  "start-time": startTime,
  "thousand-services": thousandServices,
  "check-cpu": checkCpu,
  "back-to-back": backToBack,
  "disk-writes": diskWrites,
  "disk-growth": diskGrowth,
  memory,
  "alert-latency": alertLatency,
};

const EXIT_BAR_MISSED = 1;

/** Throws with a sentence for the user. */
function parseArguments() {
  const { values, positionals } = parseArgs({ options: { json: { type: "string" } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !Object.hasOwn(ROWS, name));
  if (unknown.length > 0) throw new Error(`no row ${unknown.join(", ")}; there are: ${Object.keys(ROWS).join(", ")}`);
  return { jsonPath: values.json, names: positionals };
}

/** Null after saying why, when the row cannot be measured. */
async function measured(name: string, measure: MeasureRow): Promise<ReportLine[] | null> {
  const children = new ChildProcesses(signal);
  console.error(`measuring ${name} ...`);
  try {
    return (await measure(children)).map((figure) => reportLine(name, figure));
  } catch (error) {
    if (!signal.aborted) console.error(`${name} could not be measured:`, error);
    return null;
  } finally {
    await children.endAll();
  }
}

takeChildrenAlong();
const signal = interruption();
const { names, jsonPath } = readArguments(parseArguments);
const processors = cpus();
const machine: Machine = {
  cores: processors.length,
  cpuModel: processors[0]?.model.trim() ?? "unknown processor",
  nodeVersion: process.version,
  measuredAt: new Date().toISOString(),
};
const results: (ReportLine[] | null)[] = [];
for (const [name, measure] of Object.entries(ROWS)) {
  if (signal.aborted || (names.length > 0 && !names.includes(name))) continue;
  results.push(await measured(name, measure));
}
if (!signal.aborted) {
  const lines = results.flatMap((result) => result ?? []);
  console.log(toMarkdown({ machine, lines }));
  if (jsonPath !== undefined) await writeFile(jsonPath, toJson({ machine, lines }));
  const isGood = !results.includes(null) && lines.every(({ verdict }) => verdict !== "fail");
  process.exitCode = isGood ? 0 : EXIT_BAR_MISSED;
}
