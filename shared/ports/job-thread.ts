/**
 * A thread beside the one that probes and answers, for jobs that take long.
 * The monitor orders jobs of its table there; `shared/node/job-thread.ts` implements it. Knows no job.
 * Invariant: what is ordered never runs on the thread that ordered it.
 */
export interface JobOrder {
  /** As the table of jobs calls it. */
  readonly name: string;
  /** When it was due, epoch ms. */
  readonly scheduledMs: number;
  /** The plain part of the configuration in force; whatever structured cloning keeps. */
  readonly config: object;
}

export interface JobThread {
  /** Whether a job is under way. */
  readonly isBusy: boolean;

  /** True from the death of the thread until another order starts the next one. */
  readonly hasFailed: boolean;

  /**
   * Runs the job. While one of the same name is under way, it runs once more afterwards, however often it is ordered; jobs of
   * other names do not wait for each other. Never throws: what goes wrong is in the log.
   */
  run(order: JobOrder): void;

  /** Resolves when the thread is gone, whatever it was doing. */
  end(): Promise<void>;
}
