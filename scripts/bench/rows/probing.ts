/**
 * The rows about probing, in the order in which they run.
 */
import type { MeasureRow } from "../row.ts";
import { deepProbeCpu } from "./deep-probe-cpu.ts";
import { nodeMode } from "./node-mode.ts";
import { probeFresh, probePooled } from "./probe-cost.ts";

export const PROBING_ROWS: Readonly<Record<string, MeasureRow>> = {
  "probe-fresh": probeFresh,
  "probe-pooled": probePooled,
  "deep-probe-cpu": deepProbeCpu,
  "node-mode": nodeMode,
};
