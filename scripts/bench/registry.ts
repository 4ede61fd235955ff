/**
 * Every row of the benchmark under the name that `npm run bench -- <name>` takes, in the order in which they run.
 * Used by main.ts. Invariant: a new row is one file in rows/ and one line here.
 */
import type { MeasureRow } from "./row.ts";
import { alertLatency } from "./rows/alert-latency.ts";
import { cleanupDelay } from "./rows/cleanup-delay.ts";
import { clusterHealth } from "./rows/cluster-health.ts";
import { historyPage } from "./rows/history-page.ts";
import { latencyUnderLoad } from "./rows/latency-under-load.ts";
import { probeFresh, probePooled } from "./rows/probe-cost.ts";
import { workerDay } from "./rows/worker-day.ts";
import { workerStart } from "./rows/worker-start.ts";
import { serviceHistory } from "./rows/service-history.ts";
import { startTime } from "./rows/start-time.ts";
import { backToBack } from "./rows/back-to-back.ts";
import { checkCpu } from "./rows/check-cpu.ts";
import { diskGrowth } from "./rows/disk-growth.ts";
import { diskWrites } from "./rows/disk-writes.ts";
import { memory } from "./rows/memory.ts";
import { thousandServices } from "./rows/thousand-services.ts";

export const ROWS: Readonly<Record<string, MeasureRow>> = {
  "cluster-health": clusterHealth,
  "probe-fresh": probeFresh,
  "probe-pooled": probePooled,
  "worker-day": workerDay,
  "worker-start": workerStart,
  "history-page": historyPage,
  "service-history": serviceHistory,
  "cleanup-delay": cleanupDelay,
  "latency-under-load": latencyUnderLoad,
  "start-time": startTime,
  "thousand-services": thousandServices,
  "check-cpu": checkCpu,
  "back-to-back": backToBack,
  "disk-writes": diskWrites,
  "disk-growth": diskGrowth,
  memory,
  "alert-latency": alertLatency,
};
