/**
 * Runs the jobs of the table: by timers where the process stays alive, by cron events where the platform wakes us.
 * `createJobRunner` is the other half, in the thread beside the one that probes.
 * Invariant: a job that fails keeps no other from running.
 */
import type { PlainConfig } from "../../shared/config/sections/registry.ts";
import type { JobOrder } from "../../shared/ports/job-thread.ts";
import type { Turns } from "../../shared/ports/turns.ts";
import { JOBS, type Job, type JobContext, type ProbingContext } from "../jobs/registry.ts";
import type { RuntimeDatabase, RuntimeProcess } from "../runtime.ts";
import { openStorage } from "../storage.ts";

/** Without what belongs to a single run. */
type Surroundings = Omit<ProbingContext, "scheduledMs">;

/** Runs the jobs of a cron expression; see `Monitor.scheduled`. */
export async function runCron(cron: string, scheduledMs: number, context: Surroundings): Promise<void> {
  const jobs = JOBS.filter((job) => job.cron === cron);
  if (jobs.length === 0) throw new Error(`no job for cron ${cron}`);
  const faults: unknown[] = [];
  for (const job of jobs) {
    await job.run({ ...context, scheduledMs }).catch((error: unknown) => faults.push(error));
  }
  if (faults.length > 0) throw faults[0];
}

type Process = Pick<RuntimeProcess, "jobThread"> & Pick<RuntimeDatabase, "walPages">;

/** Runs every job that has a period again and again, until the returned function is called. */
export function startTimers(context: Surroundings, { jobThread, walPages }: Process): () => void {
  const { clock, log, config } = context;
  const run = async (job: Job): Promise<void> => {
    const scheduledMs = clock.nowMs();
    if (!job.isHeavy) await job.run({ ...context, scheduledMs });
    else if (job.isNeeded?.({ walPages: walPages(), thread: jobThread }) ?? true) {
      jobThread.run({ name: job.name, scheduledMs, config: config() });
    }
  };
  const cancels = new Map<Job, () => void>();
  const arm = (job: Job): void => {
    const again = (): void => {
      arm(job);
      run(job).catch((error: unknown) => log.write("error", "job failed", { job: job.name, error: String(error) }));
    };
    if (job.periodMs !== null) cancels.set(job, clock.after(job.periodMs(config()), again));
  };
  for (const job of JOBS) arm(job);
  return () => cancels.forEach((cancel) => cancel());
}

/** Two minutes of every five: after an upgrade a year of 6 services is done in one run, and one of 1,000 in eight hours. */
const ROLLUP_BUDGET = 100_000;

/** What runs the orders of a monitor in its job thread, on a database connection of that thread. */
export function createJobRunner(
  surroundings: Pick<JobContext, "db" | "clock" | "log" | "checkpoint"> & Pick<Turns, "pause">,
): (order: JobOrder) => Promise<void> {
  const { db, log, pause } = surroundings;
  const storage = openStorage(db, { log, turns: { pause }, faults: () => [] });
  const context = { ...surroundings, ...storage, rollupBudget: ROLLUP_BUDGET };
  return async ({ name, scheduledMs, config }) => {
    const job = JOBS.find((each) => each.name === name);
    if (!job?.isHeavy) throw new Error(`no job ${name} runs here`);
    // The monitor that orders it is of this very build.
    await job.run({ ...context, scheduledMs, config: () => config as PlainConfig });
  };
}
