/**
 * Where committing differs between a process that stays and a round that ends, each difference with what follows from it.
 * The probe loop and the probe rounds choose; the committer asks.
 */
import { nextOnGridMs, nextRoundMs, type FindNextCheck } from "../../domain/monitoring/schedule.ts";
import type { Keeps } from "./pending.ts";

export interface CommitPolicy {
  /**
   * True: the committer lives as long as its process. It shows its services as soon as it begins; what cannot be stored is held and
   * shown all the same, and from the second failure on what was decided of it goes out from memory; the log hears of it.
   * False: it ends with its round. Nothing is shown or told before it is stored; what cannot be stored is lost, and the round says so.
   */
  readonly isLasting: boolean;
  /** Checks that end within this time are one sweep, ms. */
  readonly collectMs: number;
  /** From one sweep to the next at least, and from a failure to the next try, ms. */
  readonly gapMs: number;
  /** How long the last commit is tried while storage fails, ms. */
  readonly endWithinMs: number;
  /** The wait before it is tried again, ms. @param failures ≥ 1 @param luck 0 ≤ luck < 1 */
  endRetryMs(failures: number, luck: number): number;
  /** Another process committed first: which checks are stored nevertheless. The others are dropped. */
  readonly keeps: Keeps;
  readonly findNextCheckMs: FindNextCheck;
}

/** Two checks of one cadence are never quite an interval apart. */
const NEARLY_AN_INTERVAL = 0.9;

/** For a process that stays. Another one checks what we check: we store what it has not checked for an interval. */
export const LASTING: CommitPolicy = {
  isLasting: true,
  // Nobody waits noticeably for this.
  collectMs: 5,
  gapMs: 1_000,
  // Longer than the lock of a backup or of another commit. What stops before us may have taken 3 s of the 4.5 s after which the
  // process ends anyway.
  endWithinMs: 1_250,
  endRetryMs: () => 250,
  keeps: ({ checkedAtMs }, theirs, { intervalMs }) =>
    !theirs || checkedAtMs - theirs.checkedAtMs > intervalMs * NEARLY_AN_INTERVAL,
  findNextCheckMs: ({ id, intervalMs }, now) => nextOnGridMs(id, intervalMs, now),
};

/** For a round of a runtime that cron wakes. Rounds may overlap: we store what nobody has looked at since we began to look. */
export const OF_A_ROUND: CommitPolicy = {
  isLasting: false,
  // What has finished is committed this often while slow services are still being asked.
  collectMs: 5_000,
  gapMs: 5_000,
  // D1's own advice is to repeat with back-off and jitter; what fails for longer fails for minutes.
  endWithinMs: 6_000,
  endRetryMs: (failures, luck) => Math.min(500, 250 * failures) * (1 + luck),
  keeps: ({ checkedAtMs, responseTimeMs }, theirs) => !theirs || theirs.checkedAtMs < checkedAtMs - responseTimeMs,
  findNextCheckMs: ({ intervalMs, checkedAtMs }, { nowMs }) => nextRoundMs(checkedAtMs, intervalMs, nowMs),
};
