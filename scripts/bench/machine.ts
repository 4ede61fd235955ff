/**
 * On what and when the benchmark ran, because its absolute figures mean nothing without.
 * Called by main.ts; report.ts shows it. Invariant: names the processor, not the host.
 */
import { cpus } from "node:os";

export interface Machine {
  readonly cores: number;
  readonly cpuModel: string;
  readonly nodeVersion: string;
  /** UTC, RFC 3339. */
  readonly measuredAt: string;
}

export function thisMachine(): Machine {
  const cores = cpus();
  return {
    cores: cores.length,
    cpuModel: cores[0]?.model.trim() ?? "unknown processor",
    nodeVersion: process.version,
    measuredAt: new Date().toISOString(),
  };
}
