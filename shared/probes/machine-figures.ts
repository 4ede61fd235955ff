/**
 * The load of another machine, as the two servers tell it that can: this service itself (`/stats`), and Prometheus' node_exporter.
 * Pure. Used by node.ts. Invariant: what a server does not tell is null, never a guess.
 */
import type { Json, Machine } from "../domain/monitoring/check.ts";
import { readMetrics, type MetricSample } from "./prometheus-text.ts";
import { asObject, numberAt, objectAt } from "./read-json.ts";

const percent = (part: number, whole: number): number => Math.round((1_000 * part) / whole) / 10;

/** What no machine is, was not measured. */
const within = (value: number | null, least: number, most: number): number | null =>
  value !== null && value >= least && value <= most ? value : null;

const inPercent = (value: number | null): number | null => within(value, 0, 100);

const MOST_LOAD = 100_000;
const [COLDEST_C, HOTTEST_C] = [-60, 200];

/** Null: that is no answer of `/stats`. */
export function readStats(json: unknown): Machine | null {
  const [memory, disk] = [objectAt(json, "memory"), objectAt(json, "disk")];
  if (!memory || !disk || !Object.hasOwn(asObject(json) ?? {}, "cpu_percent")) return null;
  return {
    cpuPercent: inPercent(numberAt(json, "cpu_percent")),
    memoryPercent: inPercent(numberAt(memory, "percent")),
    diskPercent: inPercent(numberAt(disk, "percent")),
    load1m: within(numberAt(json, "load_1m"), 0, MOST_LOAD),
    temperatureC: within(numberAt(json, "temperature_c"), COLDEST_C, HOTTEST_C),
  };
}

/** Seconds of all CPUs since the machine started. */
export interface CpuSeconds {
  readonly total: number;
  readonly idle: number;
}

const METRICS: ReadonlySet<string> = new Set([
  "node_cpu_seconds_total",
  "node_memory_MemTotal_bytes",
  "node_memory_MemAvailable_bytes",
  "node_filesystem_size_bytes",
  "node_filesystem_avail_bytes",
  "node_load1",
  "node_hwmon_temp_celsius",
  "node_thermal_zone_temp",
]);

type Samples = (name: string) => readonly MetricSample[];

export interface Exported {
  readonly machine: Machine;
  readonly cpu: CpuSeconds;
  /** False: it tells of file systems, and none of them is the one that counts. */
  readonly hasMount: boolean;
}

/**
 * Null: that is no answer of node_exporter. `before`: of the last probe; without it nobody knows the load of the CPU.
 * `mount`: where the file system is mounted that counts.
 */
export function readExporter(
  text: string,
  { before, mount }: { readonly before: CpuSeconds | null; readonly mount: string },
): Exported | null {
  const found = readMetrics(text, METRICS);
  const samples: Samples = (name) => found.get(name) ?? [];
  const cpu = cpuSeconds(samples("node_cpu_seconds_total"));
  if (!cpu) return null;
  const machine = {
    cpuPercent: before && cpuPercent(before, cpu),
    memoryPercent: usedPercent(samples("node_memory_MemTotal_bytes"), samples("node_memory_MemAvailable_bytes")),
    diskPercent: diskPercent(samples, mount),
    load1m: within(samples("node_load1")[0]?.value ?? null, 0, MOST_LOAD),
    temperatureC: hottest([...samples("node_hwmon_temp_celsius"), ...samples("node_thermal_zone_temp")]),
  };
  const fileSystems = samples("node_filesystem_size_bytes");
  const hasMount = fileSystems.length === 0 || fileSystems.some(({ labels }) => labels["mountpoint"] === mount);
  return { machine, cpu, hasMount };
}

/** Waiting for a disk is idle, as `top` has it. */
const IDLE_MODES: ReadonlySet<string | undefined> = new Set(["idle", "iowait"]);

function cpuSeconds(samples: readonly MetricSample[]): CpuSeconds | null {
  if (samples.length === 0) return null;
  const sum = (some: readonly MetricSample[]): number => some.reduce((total, { value }) => total + value, 0);
  return { total: sum(samples), idle: sum(samples.filter(({ labels }) => IDLE_MODES.has(labels["mode"]))) };
}

/** Null after a restart of the machine, and when no time has passed. */
function cpuPercent(before: CpuSeconds, now: CpuSeconds): number | null {
  const [total, idle] = [now.total - before.total, now.idle - before.idle];
  return total > 0 && idle >= 0 && idle <= total ? percent(total - idle, total) : null;
}

function diskPercent(samples: Samples, mount: string): number | null {
  const isThere = ({ labels }: MetricSample): boolean => labels["mountpoint"] === mount;
  return usedPercent(
    samples("node_filesystem_size_bytes").filter(isThere),
    samples("node_filesystem_avail_bytes").filter(isThere),
  );
}

function usedPercent([total]: readonly MetricSample[], [free]: readonly MetricSample[]): number | null {
  if (!total || !free || total.value <= 0) return null;
  return inPercent(percent(total.value - free.value, total.value));
}

function hottest(samples: readonly MetricSample[]): number | null {
  const [first, ...others] = samples
    .map(({ value }) => value)
    .filter((value) => within(value, COLDEST_C, HOTTEST_C) !== null);
  return first === undefined ? null : Math.max(first, ...others);
}

export function packCpu({ total, idle }: CpuSeconds): Json {
  return { total, idle };
}

export function unpackCpu(memory: Json): CpuSeconds | null {
  const [total, idle] = [numberAt(memory, "total"), numberAt(memory, "idle")];
  return total === null || idle === null ? null : { total, idle };
}
