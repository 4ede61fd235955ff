/**
 * From the start of scripts/start.sh (installed and built) to the first 200 on /health, by what is stored already.
 * The files have just been written, so most of them is in the page cache.
 * Invariant: nothing answers on the targets' port, so no probe helps or hinders.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChildProcesses } from "../child-processes.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { startService, watching } from "../service.ts";
import { historyFile, YEAR_OF_SIX, YEAR_OF_THOUSAND } from "../stored-history.ts";

const ROUNDS = 5;
const POLL_MS = 5;
const TIMEOUT_MS = 20_000;

export const startTime: MeasureRow = async (children) => {
  const lines: AbsoluteFigure[] = [];
  for (const [shape, stored] of [
    [null, "6 services, nothing stored"],
    [YEAR_OF_SIX, "6 services, a year stored"],
    [YEAR_OF_THOUSAND, "1,000 services, a year stored"],
  ] as const) {
    const databasePath = shape ? await historyFile(shape) : undefined;
    const urls = Array.from({ length: shape?.serviceCount ?? 6 }, (_, index) => `http://127.0.0.1:9/${index}`);
    const values: number[] = [];
    while (values.length < ROUNDS) values.push(await startSeconds(children, urls, databasePath));
    lines.push({ what: `start to 200 on /health, ${stored}`, unit: "s", bar: { atMost: 1, on: "max" }, values });
  }
  return lines;
};

async function startSeconds(children: ChildProcesses, urls: string[], databasePath?: string): Promise<number> {
  const startedMs = performance.now();
  const { pid, port, gone } = await startService(children, watching(urls), { databasePath });
  const isUp = async (): Promise<boolean> => {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    await response.arrayBuffer();
    return response.status === 200;
  };
  while (!(await isUp())) {
    if (performance.now() > startedMs + TIMEOUT_MS) throw new Error("not in time: 200 on /health");
    await sleep(POLL_MS);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  process.kill(pid, "SIGTERM");
  await gone; // another must not open the same file before
  return seconds;
}
