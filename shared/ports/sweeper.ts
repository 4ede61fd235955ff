/**
 * Whoever probes in this runtime, as the API sees it: able to look again now, and to tell whether it works.
 * Implemented by the probe loop (Node) and the probe rounds (Workers). Invariant: asking never disturbs the schedule.
 */
import type { AlertCommand, CommandOutcome } from "../domain/alerting/alert-commands.ts";

export interface Sweeper {
  /**
   * Probes every service whose last check is older than `maxAgeMs`, due or not, and resolves when those checks are
   * committed. A service that is being probed already is waited for, not probed twice, however many ask. Never rejects.
   */
  refresh(maxAgeMs: number): Promise<void>;

  /**
   * One round over what is due, for runtimes whose platform wakes them by cron; may be skipped, doubled or late without harm. On
   * a runtime that probes by itself there is nothing to do. Never rejects.
   */
  round(): Promise<void>;

  /**
   * Does what somebody asks of alerting, within a commit: resolves with the outcome when that is stored, within a second or so.
   * Rejects with the storage's error when it fails; nothing may then have been done, or all of it.
   */
  apply(command: AlertCommand): Promise<CommandOutcome>;

  /** A promise where it takes a look into storage. Rejects when that fails. */
  status(): SweeperStatus | Promise<SweeperStatus>;
}

export interface SweeperStatus {
  /** False when a service is overdue or a probe hangs. */
  readonly schedulerWorks: boolean;
  /** False from the second failed commit in a row to the next one that works. */
  readonly storageWorks: boolean;
  /** How often this process did not run for a second or more. */
  readonly pauses: number;
  /** Checks discarded because they spanned a pause. */
  readonly discardedChecks: number;
}
