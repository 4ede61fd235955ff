/**
 * How much later the main thread gets to its work while the job thread archives an hour or rolls up a day, locks and disk included.
 * The longest delay of all rounds beside a cleanup is held against the longest one of the same thread, as often and as long, without
 * it: what a commit itself takes is in both, and so is what the disk does now and then. (A difference for each round, of which the
 * largest counted, was mostly the disk's: 13 to 31 ms where the lock was never waited for longer than 2.3 ms; Nov 2026.)
 * Invariant: every round starts from the same file, with one hour or day to do.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { memorySettings } from "../../memory.ts";
import type { ChildProcesses } from "../child-processes.ts";
import type { Disturbance, DisturbanceOrder } from "../processes/disturbed-thread.ts";
import { programPath } from "../programs.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { historyFile, settle, type HistoryShape } from "../stored-history.ts";

interface Work {
  readonly what: string;
  readonly shape: HistoryShape;
  /** What the log says when it is done. */
  readonly until: DisturbanceOrder["until"];
  /** More of a short one, so that each meets some hundred commits. */
  readonly rounds: number;
}

const archiving = (serviceCount: number): Work => ({
  what: `archiving an hour of ${serviceCount.toLocaleString("en")} services`,
  shape: { serviceCount, archivedHours: 24, hoursToArchive: 1 },
  until: "hours archived",
  rounds: 9,
});

const rollingUp = (what: string, dayToRollUp: NonNullable<HistoryShape["dayToRollUp"]>, rounds: number): Work => ({
  what: `${what} of 1,000 services`,
  shape: { serviceCount: 1_000, archivedHours: 72, dayToRollUp },
  until: "days rolled up",
  rounds,
});

interface Round {
  readonly besideMs: number;
  readonly aloneMs: number;
  readonly elapsedMs: number;
}

async function measureRound(children: ChildProcesses, { until }: Work, databasePath: string): Promise<Round> {
  await settle(databasePath);
  const thread = await children.start<DisturbanceOrder, Disturbance>(programPath("disturbed-thread"), memorySettings());
  const beside = await thread.order({ databasePath, until, quietMs: null });
  const alone = await thread.order({ databasePath, until, quietMs: beside.elapsedMs });
  process.kill(thread.pid, "SIGTERM");
  return { besideMs: beside.longestDelayMs, aloneMs: alone.longestDelayMs, elapsedMs: beside.elapsedMs };
}

async function measureWork(children: ChildProcesses, work: Work): Promise<AbsoluteFigure[]> {
  const original = await historyFile(work.shape);
  const folder = await children.folder();
  const rounds: Round[] = [];
  while (rounds.length < work.rounds) {
    const databasePath = join(folder, `${rounds.length}.db`);
    await copyFile(original, databasePath);
    rounds.push(await measureRound(children, work, databasePath));
  }
  const beside = rounds.map(({ besideMs }) => besideMs);
  const alone = rounds.map(({ aloneMs }) => aloneMs);
  const added = Math.max(0, Math.max(...beside) - Math.max(...alone));
  const { what } = work;
  return [
    { what: `longest delay that ${what} adds`, unit: "ms", bar: { atMost: 20, on: "max" }, values: [added] },
    { what: "longest delay beside it", unit: "ms", bar: null, values: beside },
    { what: "longest delay without it", unit: "ms", bar: null, values: alone },
    { what: "duration of the cleanup", unit: "ms", bar: null, values: rounds.map(({ elapsedMs }) => elapsedMs) },
  ];
}

const delayRow =
  (...works: readonly Work[]): MeasureRow =>
  async (children) => {
    const lines: AbsoluteFigure[] = [];
    for (const work of works) lines.push(...(await measureWork(children, work)));
    return lines;
  };

export const cleanupDelay = delayRow(archiving(100), archiving(1_000));

export const rollupDelay = delayRow(
  rollingUp("rolling up a day", "new", 9),
  rollingUp("making the hours of a day anew", "of an earlier kind", 3),
);
