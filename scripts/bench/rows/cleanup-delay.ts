/**
 * How much later the main thread gets to its work while the job thread archives an hour, locks and disk included.
 * Each round compares the longest delay beside a cleanup with the longest one of the same thread, as long, without it: what a
 * commit itself takes is in both.
 * Invariant: every round starts from the same file, with one hour to archive.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { memorySettings } from "../../memory.ts";
import type { Disturbance, DisturbanceOrder } from "../processes/disturbed-thread.ts";
import { programPath } from "../programs.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { historyFile } from "../stored-history.ts";

const ROUNDS = 3;

export const cleanupDelay: MeasureRow = async (children) => {
  const lines: AbsoluteFigure[] = [];
  for (const serviceCount of [100, 1_000]) {
    const original = await historyFile({ serviceCount, archivedHours: 24, hoursToArchive: 1 });
    const folder = await children.folder();
    const added: number[] = [];
    const alone: number[] = [];
    const durations: number[] = [];
    while (added.length < ROUNDS) {
      const databasePath = join(folder, `${added.length}.db`);
      await copyFile(original, databasePath);
      const program = programPath("disturbed-thread");
      const thread = await children.start<DisturbanceOrder, Disturbance>(program, memorySettings());
      const beside = await thread.order({ databasePath, quietMs: null });
      const { longestDelayMs } = await thread.order({ databasePath, quietMs: beside.elapsedMs });
      process.kill(thread.pid, "SIGTERM");
      added.push(Math.max(0, beside.longestDelayMs - longestDelayMs));
      alone.push(longestDelayMs);
      durations.push(beside.elapsedMs);
    }
    const what = `longest delay that archiving an hour of ${serviceCount.toLocaleString("en")} services adds`;
    lines.push(
      { what, unit: "ms", bar: { atMost: 20, on: "max" }, values: added },
      { what: "longest delay without it", unit: "ms", bar: null, values: alone },
      { what: "duration of the cleanup", unit: "ms", bar: null, values: durations },
    );
  }
  return lines;
};
