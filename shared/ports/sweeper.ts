/**
 * Whoever probes on this host, as the API sees it: able to look again now, and to tell whether it works.
 * Implemented by the sweep loop (Node). Invariant: asking never disturbs the schedule.
 */
export interface Sweeper {
  /**
   * Probes every service whose last check is older than `maxAgeMs`, due or not, and resolves when those checks are
   * committed. A service that is being probed already is waited for, not probed twice, however many ask. Never rejects.
   */
  refresh(maxAgeMs: number): Promise<void>;

  status(): SweeperStatus;
}

export interface SweeperStatus {
  /** False when a service is overdue or a probe hangs. */
  readonly schedulerWorks: boolean;
  /** False from a failed commit to the next one that works. */
  readonly storageWorks: boolean;
  /** How often this process did not run for a second or more. */
  readonly pauses: number;
  /** Checks discarded because they spanned a pause. */
  readonly discardedChecks: number;
}
