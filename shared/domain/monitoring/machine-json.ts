/** The load of a machine as the API shows it. Pure. */
import type { Machine } from "./check.ts";

export function machineJson({ cpuPercent, memoryPercent, diskPercent, load1m, temperatureC }: Machine) {
  return {
    cpu_percent: cpuPercent,
    memory_percent: memoryPercent,
    disk_percent: diskPercent,
    load_1m: load1m,
    temperature_c: temperatureC,
  };
}
