/**
 * Load of this machine, sampled in the background by systeminformation. Implements the port HostStats.
 * Invariant: a failing or slow sampler leaves the last figures in place and never delays a reader.
 */
// Not all of systeminformation, most of which is about other hardware and would only take memory.
import { loadavg } from "node:os";
import { cpuTemperature, currentLoad } from "systeminformation/lib/cpu.js";
import { fsSize } from "systeminformation/lib/filesystem.js";
import { mem } from "systeminformation/lib/memory.js";
import type { HostFigures } from "../domain/monitoring/host-figures.ts";
import type { HostStats } from "../ports/host-stats.ts";

const SAMPLE_EVERY_MS = 10_000;

/** systeminformation starts `df` and a shell for these; a disk fills slowly, and a machine warms up slowly. */
const SLOW_SAMPLE_EVERY_MS = 60_000;

/** Does not wait for the first sample. `path`: the file system that holds it is the one reported. */
export function startSystemStats(path: string): HostStats & { stop(): void } {
  let figures: HostFigures = { cpuPercent: null, memory: null, disk: null };
  const update = async (sample: () => Promise<Partial<HostFigures>>): Promise<void> => {
    try {
      const part = await sample();
      figures = { ...figures, ...part };
    } catch {
      // The last figures stay; a machine without /proc or df has none.
    }
  };
  void update(sampleLoad);
  void update(() => sampleDisk(path));
  void update(sampleTemperature);
  const timers = [
    setInterval(() => void update(sampleLoad), SAMPLE_EVERY_MS).unref(),
    setInterval(() => void update(() => sampleDisk(path)), SLOW_SAMPLE_EVERY_MS).unref(),
    setInterval(() => void update(sampleTemperature), SLOW_SAMPLE_EVERY_MS).unref(),
  ];
  return { current: () => figures, stop: () => timers.forEach((timer) => clearInterval(timer)) };
}

async function sampleLoad(): Promise<Partial<HostFigures>> {
  const [load, memory] = await Promise.all([currentLoad(), mem()]);
  return {
    cpuPercent: Math.round(load.currentLoad * 10) / 10,
    memory: { totalBytes: memory.total, availableBytes: memory.available },
    load1m: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

async function sampleTemperature(): Promise<Partial<HostFigures>> {
  const { max } = await cpuTemperature();
  return { temperatureC: max !== null && max > 0 ? max : null };
}

async function sampleDisk(path: string): Promise<Partial<HostFigures>> {
  const holding = (await fsSize())
    .filter(({ mount }) => path === mount || path.startsWith(mount.endsWith("/") ? mount : `${mount}/`))
    .sort((left, right) => right.mount.length - left.mount.length)[0];
  return holding ? { disk: { totalBytes: holding.size, freeBytes: holding.available } } : {};
}
