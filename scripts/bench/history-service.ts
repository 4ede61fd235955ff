/**
 * The built service on a database full of history, when the first probe of every service is over.
 * Called by the rows that ask for history. A file of one shape is written once in a run of the benchmark.
 * Invariant: files are gone when the benchmark ends.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChildProcesses } from "./child-processes.ts";
import type { Load, LoadOrder } from "./processes/load-client.ts";
import type { TargetState } from "./processes/target-server.ts";
import { startService, type Service } from "./service.ts";
import { writeHistory, type HistoryShape } from "./stored-history.ts";

/** A year, a check every 30 s. */
export const YEAR_OF_SIX: HistoryShape = { serviceCount: 6, archivedHours: 8_760 };

/** A thousand million checks, 9 GB; written in some three minutes. */
export const YEAR_OF_THOUSAND: HistoryShape = { serviceCount: 1_000, archivedHours: 8_760 };

const FIRST_PROBES_TIMEOUT_MS = 15_000;
const POLL_MS = 100;

const files = new Map<HistoryShape, Promise<string>>();

export function historyFile(shape: HistoryShape): Promise<string> {
  const known = files.get(shape);
  if (known) return known;
  const folder = mkdtempSync(join(tmpdir(), "monitoring-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "history.db");
  const written = writeHistory(path, shape).then(() => path);
  files.set(shape, written);
  return written;
}

export interface HistoryService extends Service {
  /** The 99th percentile of answers to one request at a time, in ms. */
  p99Ms(path: string, durationMs: number): Promise<number>;
}

export async function startHistoryService(children: ChildProcesses, shape: HistoryShape): Promise<HistoryService> {
  const databasePath = await historyFile(shape);
  const program = (name: string): URL => new URL(`processes/${name}.ts`, import.meta.url);
  const target = await children.start<object, TargetState>(program("target-server"));
  const { port } = await target.order({});
  const urls = Array.from({ length: shape.serviceCount }, (_, index) => `http://127.0.0.1:${port}/${index}/health`);
  const service = await startService(children, urls, { databasePath });
  await firstProbes(service.port);
  const client = await children.start<LoadOrder, Load>(program("load-client"));
  return {
    ...service,
    async p99Ms(path, durationMs) {
      const order = { serverPid: service.pid, port: service.port, path, connections: 1, durationMs };
      return (await client.order(order)).p99Ms;
    },
  };
}

/** Until every service has been probed by this process: it will not be again for an hour. */
async function firstProbes(port: number): Promise<void> {
  const startedMs = Date.now();
  while (Date.now() < startedMs + FIRST_PROBES_TIMEOUT_MS) {
    const response = await fetch(`http://127.0.0.1:${port}/cluster_health`);
    const { services } = (await response.json()) as { services: Record<string, { health: { checked_at: string } }> };
    const times = Object.values(services).map(({ health }) => Date.parse(health.checked_at));
    if (times.every((checkedAtMs) => checkedAtMs >= startedMs - FIRST_PROBES_TIMEOUT_MS)) return;
    await sleep(POLL_MS);
  }
  throw new Error("the services were not probed in time");
}
