/**
 * What the built service takes to answer from a database full of history, when the first probe of every service is over.
 * Called by the rows that ask for history. A file of one shape is written once in a run of the benchmark.
 * Invariant: files are gone when the benchmark ends.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChildProcesses } from "./child-processes.ts";
import { startLoadClient, startTarget } from "./programs.ts";
import type { AbsoluteBar, AbsoluteFigure } from "./row.ts";
import { startService } from "./service.ts";
import { writeHistory, type HistoryShape } from "./stored-history.ts";
import { until } from "./until.ts";

/** A year, a check every 30 s. */
export const YEAR_OF_SIX: HistoryShape = { serviceCount: 6, archivedHours: 8_760 };

/** A thousand million checks, 9 GB; written in some three minutes. */
export const YEAR_OF_THOUSAND: HistoryShape = { serviceCount: 1_000, archivedHours: 8_760 };

const FIRST_PROBES = { what: "every service has been probed", timeoutMs: 15_000, pollMs: 100 };
const ROUNDS = 6;
const WARM_UPS = 2;
const ROUND_MS = 1_500;

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

export interface HistoryQuestion {
  /** What is asked for: `a day of one service`. */
  readonly what: string;
  /** The path to ask in a round, of so many. */
  path(round: number, rounds: number, shape: HistoryShape): string;
  /** With a year of 6 services, and of 1,000. */
  readonly bars: readonly [AbsoluteBar | null, AbsoluteBar | null];
}

/** The 99th percentile of answers to one request at a time. */
export async function historyFigures(
  children: ChildProcesses,
  { what, path, bars: [barOfSix, barOfThousand] }: HistoryQuestion,
): Promise<AbsoluteFigure[]> {
  const measure = async (shape: HistoryShape, bar: AbsoluteBar | null): Promise<AbsoluteFigure> => {
    const p99Ms = await startHistoryService(children, shape);
    const values: number[] = [];
    const rounds = WARM_UPS + ROUNDS;
    for (let round = 0; round < rounds; round += 1) values.push(await p99Ms(path(round, rounds, shape)));
    const stored = `${shape.serviceCount.toLocaleString("en")} services, a year stored`;
    return { what: `p99 of ${what}, ${stored}`, unit: "ms", bar, values: values.slice(WARM_UPS) };
  };
  return [await measure(YEAR_OF_SIX, barOfSix), await measure(YEAR_OF_THOUSAND, barOfThousand)];
}

async function startHistoryService(
  children: ChildProcesses,
  shape: HistoryShape,
): Promise<(path: string) => Promise<number>> {
  const databasePath = await historyFile(shape);
  const target = await startTarget(children);
  const { pid: serverPid, port } = await startService(children, target.urls(shape.serviceCount), { databasePath });
  await firstProbes(port);
  const client = await startLoadClient(children);
  return async (path) => (await client.order({ serverPid, port, path, connections: 1, durationMs: ROUND_MS })).p99Ms;
}

/** Until every service has been probed by this process: it will not be again for an hour. */
async function firstProbes(port: number): Promise<void> {
  const sinceMs = Date.now() - FIRST_PROBES.timeoutMs;
  await until(FIRST_PROBES, async () => {
    const response = await fetch(`http://127.0.0.1:${port}/cluster_health`);
    const { services } = (await response.json()) as { services: Record<string, { health: { checked_at: string } }> };
    return Object.values(services).every(({ health }) => Date.parse(health.checked_at) >= sinceMs) || null;
  });
}
