/**
 * How much later the main thread gets to its work while the job thread archives an hour or rolls up a day, locks and disk included.
 * Each round compares the longest delay beside a cleanup with the longest one of the same thread, as long, without it: what a
 * commit itself takes is in both.
 * Invariant: every round starts from the same file, with one hour or day to do.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { memorySettings } from "../../memory.ts";
import type { Disturbance, DisturbanceOrder } from "../processes/disturbed-thread.ts";
import { programPath } from "../programs.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { historyFile, settle, type HistoryShape } from "../stored-history.ts";

const ROUNDS = 3;

interface Work {
  readonly what: string;
  readonly shape: HistoryShape;
  /** What the log says when it is done. */
  readonly until: DisturbanceOrder["until"];
}

const archiving = (serviceCount: number): Work => ({
  what: `archiving an hour of ${serviceCount.toLocaleString("en")} services`,
  shape: { serviceCount, archivedHours: 24, hoursToArchive: 1 },
  until: "hours archived",
});

const rollingUp = (what: string, dayToRollUp: NonNullable<HistoryShape["dayToRollUp"]>): Work => ({
  what: `${what} of 1,000 services`,
  shape: { serviceCount: 1_000, archivedHours: 72, dayToRollUp },
  until: "days rolled up",
});

const delayRow =
  (...works: readonly Work[]): MeasureRow =>
  async (children) => {
    const lines: AbsoluteFigure[] = [];
    for (const { what, shape, until } of works) {
      const original = await historyFile(shape);
      const folder = await children.folder();
      const added: number[] = [];
      const alone: number[] = [];
      const durations: number[] = [];
      while (added.length < ROUNDS) {
        const databasePath = join(folder, `${added.length}.db`);
        await copyFile(original, databasePath);
        await settle(databasePath);
        const program = programPath("disturbed-thread");
        const thread = await children.start<DisturbanceOrder, Disturbance>(program, memorySettings());
        const beside = await thread.order({ databasePath, until, quietMs: null });
        const { longestDelayMs } = await thread.order({ databasePath, until, quietMs: beside.elapsedMs });
        process.kill(thread.pid, "SIGTERM");
        added.push(Math.max(0, beside.longestDelayMs - longestDelayMs));
        alone.push(longestDelayMs);
        durations.push(beside.elapsedMs);
      }
      lines.push(
        { what: `longest delay that ${what} adds`, unit: "ms", bar: { atMost: 20, on: "max" }, values: added },
        { what: "longest delay without it", unit: "ms", bar: null, values: alone },
        { what: "duration of the cleanup", unit: "ms", bar: null, values: durations },
      );
    }
    return lines;
  };

export const cleanupDelay = delayRow(archiving(100), archiving(1_000));

export const rollupDelay = delayRow(
  rollingUp("rolling up a day", "new"),
  rollingUp("making the hours of a day anew", "of an earlier kind"),
);
