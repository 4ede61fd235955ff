/**
 * The load of the machine that we run on, as figures and as `GET /stats` shows it: this service's, and that of `MODE=node`.
 * Pure. Invariant: what nobody can tell is null, never invented.
 */
export interface HostFigures {
  /** 0–100, one decimal; null where the runtime cannot tell. */
  readonly cpuPercent: number | null;
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number } | null;
  readonly disk: { readonly totalBytes: number; readonly freeBytes: number } | null;
  /** Average of a minute; absent or null where the runtime cannot tell. */
  readonly load1m?: number | null;
  /** Degrees Celsius of the hottest sensor; absent or null where there is none. */
  readonly temperatureC?: number | null;
}

/** Used share of a resource in percent, one decimal; 0 when there is none of it. */
export function usedPercent(total: number, free: number): number {
  return total > 0 ? Math.round(((total - free) / total) * 1000) / 10 : 0;
}

/** As the seed has it. */
export function usageJson({ cpuPercent, memory, disk }: HostFigures) {
  return {
    cpu_percent: cpuPercent,
    memory: memory
      ? {
          total: memory.totalBytes,
          available: memory.availableBytes,
          percent: usedPercent(memory.totalBytes, memory.availableBytes),
        }
      : { total: null, available: null, percent: null },
    disk: disk
      ? { total: disk.totalBytes, free: disk.freeBytes, percent: usedPercent(disk.totalBytes, disk.freeBytes) }
      : { total: null, free: null, percent: null },
  };
}

/** What stands after the seed's fields. */
export function loadJson({ load1m = null, temperatureC = null }: HostFigures) {
  return { load_1m: load1m, temperature_c: temperatureC };
}
