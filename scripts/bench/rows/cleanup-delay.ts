/**
 * How much later the main thread gets to its work while the job thread archives an hour, locks and disk included.
 * Listed in registry.ts. Each round compares the longest delay beside a cleanup with the longest one of the same thread, as
 * long, without it: what a commit itself takes is in both.
 * Invariant: every round starts from the same file, with one hour to archive.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { memorySettings } from "../../memory.ts";
import { historyFile } from "../history-service.ts";
import type { Disturbance, DisturbanceOrder } from "../processes/disturbed-thread.ts";
import { programPath } from "../programs.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";

const ROUNDS = 3;

export const cleanupDelay: MeasureRow = async (children) => {
  const figures: AbsoluteFigure[] = [];
  for (const serviceCount of [100, 1_000]) {
    const rounds = await disturbances(children, serviceCount);
    const services = `${serviceCount.toLocaleString("en")} services`;
    figures.push(
      {
        what: `longest delay that archiving an hour of ${services} adds`,
        unit: "ms",
        bar: { atMost: 20, on: "max" },
        values: rounds.map(({ beside, alone }) => Math.max(0, beside.longestDelayMs - alone.longestDelayMs)),
      },
      {
        what: "longest delay without it",
        unit: "ms",
        bar: null,
        values: rounds.map(({ alone }) => alone.longestDelayMs),
      },
      { what: "duration of the cleanup", unit: "ms", bar: null, values: rounds.map(({ beside }) => beside.elapsedMs) },
    );
  }
  return figures;
};

interface Round {
  readonly beside: Disturbance;
  readonly alone: Disturbance;
}

async function disturbances(children: Parameters<MeasureRow>[0], serviceCount: number): Promise<Round[]> {
  const original = await historyFile({ serviceCount, archivedHours: 24, hoursToArchive: 1 });
  const folder = await children.folder();
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const databasePath = join(folder, `${round}.db`);
    await copyFile(original, databasePath);
    const script = programPath("disturbed-thread");
    const thread = await children.start<DisturbanceOrder, Disturbance>(script, memorySettings());
    const beside = await thread.order({ databasePath, quietMs: null });
    const alone = await thread.order({ databasePath, quietMs: beside.elapsedMs });
    rounds.push({ beside, alone });
    process.kill(thread.pid, "SIGTERM");
  }
  return rounds;
}
