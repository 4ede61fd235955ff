/**
 * What a job is: a name, when it runs, whether beside the thread that probes, and what it does.
 * `jobs/registry.ts` lists them; monitor/run-jobs.ts runs them.
 * Invariant: a job may be skipped, doubled or late without harm: what is due is decided by what is stored.
 */
import type { PlainConfig } from "../../shared/config/config.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { JobThread } from "../../shared/ports/job-thread.ts";
import type { Log } from "../../shared/ports/log.ts";
import type { MonitorContext } from "../context.ts";
import type { Storage } from "../storage.ts";

/** What every job gets, on whichever thread it runs. */
export interface JobContext extends Storage {
  /** When it was due, epoch ms. */
  readonly scheduledMs: number;
  /** Every section but services and alerting; on a thread of its own as it was when the job was ordered. */
  config(): PlainConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Moves what the write-ahead log holds into the database. Does nothing where that is the platform's business. */
  checkpoint(mode: "passive" | "truncate"): void;
}

/** What a job gets beside it on the thread that probes. */
export interface ProbingContext extends JobContext, MonitorContext {}

interface Schedule {
  readonly name: string;
  /** When it runs where the platform wakes us; of wrangler.toml's list. Null: never. */
  readonly cron: string | null;
  /** How long after one run the next one begins, where the process stays alive. Null: never. */
  readonly periodMs: ((config: PlainConfig) => number) | null;
}

/** Takes long: runs beside the thread that probes, where there is another one. */
interface HeavyJob extends Schedule {
  readonly isHeavy: true;
  /** Asked before it is ordered from its thread, whose start costs as much as many a job. Default: it always is. */
  isNeeded?(situation: { readonly walPages: number; readonly thread: JobThread }): boolean;
  run(context: JobContext): Promise<void>;
}

interface LightJob extends Schedule {
  readonly isHeavy: false;
  run(context: ProbingContext): Promise<void>;
}

export type Job = HeavyJob | LightJob;
