/**
 * From the start of scripts/start.sh (installed and built) to the first 200 on /health, by what is stored already.
 * Listed in registry.ts. The files have just been written, so most of them is in the page cache.
 * Invariant: nothing answers on the targets' port, so no probe helps or hinders.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChildProcesses } from "../child-processes.ts";
import { historyFile, YEAR_OF_THOUSAND, YEAR_OF_SIX } from "../history-service.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { startService } from "../service.ts";

const ROUNDS = 5;
const GIVE_UP_MS = 10_000;
const POLL_MS = 5;

export const startTime: MeasureRow = async (children) => {
  const figures: AbsoluteFigure[] = [];
  for (const [shape, stored] of [
    [null, "6 services, nothing stored"],
    [YEAR_OF_SIX, "6 services, a year stored"],
    [YEAR_OF_THOUSAND, "1,000 services, a year stored"],
  ] as const) {
    const databasePath = shape && (await historyFile(shape));
    const values: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      values.push(await startSeconds(children, databasePath, shape?.serviceCount ?? 6));
    }
    figures.push({ what: `start to 200 on /health, ${stored}`, unit: "s", bar: { atMost: 1, on: "max" }, values });
  }
  return figures;
};

async function startSeconds(
  children: ChildProcesses,
  databasePath: string | null,
  serviceCount: number,
): Promise<number> {
  const urls = Array.from({ length: serviceCount }, (_, index) => `http://127.0.0.1:9/${index}`);
  const startedMs = performance.now();
  const service = await startService(children, urls, databasePath === null ? {} : { databasePath });
  try {
    await firstOk(service.port, startedMs);
    return (performance.now() - startedMs) / 1_000;
  } finally {
    process.kill(service.pid, "SIGTERM");
    await gone(service.pid);
    await service.removeFiles();
  }
}

async function firstOk(port: number, startedMs: number): Promise<void> {
  while (performance.now() < startedMs + GIVE_UP_MS) {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    await response.arrayBuffer();
    if (response.status === 200) return;
    await sleep(POLL_MS);
  }
  throw new Error("no 200 on /health in time");
}

/** Another must not open the same file before. */
async function gone(pid: number): Promise<void> {
  const giveUpMs = performance.now() + GIVE_UP_MS;
  while (performance.now() < giveUpMs) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(POLL_MS);
  }
  throw new Error("the service does not end");
}
