/**
 * From the start of scripts/start.sh (installed and built) to the first 200 on /health, by what is stored already.
 * Listed in registry.ts. The files have just been written, so most of them is in the page cache.
 * Invariant: nothing answers on the targets' port, so no probe helps or hinders.
 */
import type { ChildProcesses } from "../child-processes.ts";
import { historyFile, YEAR_OF_THOUSAND, YEAR_OF_SIX } from "../history-service.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { startService } from "../service.ts";
import { until } from "../until.ts";

const ROUNDS = 5;
const FIRST_OK = { what: "200 on /health", timeoutMs: 10_000, pollMs: 5 };

export const startTime: MeasureRow = async (children) => {
  const figures: AbsoluteFigure[] = [];
  for (const [shape, stored] of [
    [null, "6 services, nothing stored"],
    [YEAR_OF_SIX, "6 services, a year stored"],
    [YEAR_OF_THOUSAND, "1,000 services, a year stored"],
  ] as const) {
    const databasePath = shape ? await historyFile(shape) : undefined;
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
  databasePath: string | undefined,
  serviceCount: number,
): Promise<number> {
  const urls = Array.from({ length: serviceCount }, (_, index) => `http://127.0.0.1:9/${index}`);
  const startedMs = performance.now();
  const { pid, port, gone } = await startService(children, urls, { databasePath });
  await until(FIRST_OK, async () => {
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    await response.arrayBuffer();
    return response.status === 200 || null;
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  process.kill(pid, "SIGTERM");
  await gone; // another must not open the same file before
  return seconds;
}
