/**
 * What a job is: a name, when it runs, whether beside the thread that probes, and what it does; and all of them, in the order in
 * which those of one instant run. To add one: a row here. monitor/run-jobs.ts runs them; the local cron of `npm run dev:worker` and
 * the check of wrangler.toml read the table.
 * Invariant: a job may be skipped, doubled or late without harm: what is due is decided by what is stored.
 */
import type { AlertCommand } from "../../shared/domain/alerting/alert-commands.ts";
import { SENT_KEPT_MS } from "../../shared/domain/alerting/receivers.ts";
import type { PlainConfig } from "../../shared/config/sections/registry.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { JobThread } from "../../shared/ports/job-thread.ts";
import type { Log } from "../../shared/ports/log.ts";
import { lookAfterDrills } from "../../shared/usecases/delivery/drills.ts";
import { beat, HEARTBEAT_EVERY_MS } from "../../shared/usecases/delivery/heartbeat.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import { rollUpDays } from "../../shared/usecases/housekeeping/roll-up-days.ts";
import { forgetAudit } from "../../shared/storage/alert-log.ts";
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
  /** How many hours of a service housekeeping may read sample by sample in a run; nobody waits for it, but CPU may be counted. */
  readonly rollupBudget: number;
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

const LOOK_AT_WAL_EVERY_MS = 10_000;
const MANY_WAL_PAGES = 250;

/** Who did what is asked after an incident, a year at most; the bytes bound what a mistaken program can write. */
const AUDIT_KEPT = { ms: 365 * 86_400_000, bytes: 100_000_000 };

export const JOBS: readonly Job[] = [
  {
    // A round over what is due, where the platform wakes us; elsewhere every service is probed on its own clock.
    name: "probe-round",
    cron: "* * * * *",
    periodMs: null,
    isHeavy: false,
    run: ({ sweeper }) => sweeper.round(),
  },
  {
    // Says that we live, where somebody listens and everything works, and looks after drills.
    name: "vitals",
    cron: "* * * * *",
    periodMs: () => HEARTBEAT_EVERY_MS,
    isHeavy: false,
    async run(context) {
      const uses = { ...context, apply: (command: AlertCommand) => context.sweeper.apply(command) };
      await lookAfterDrills(uses);
      await beat({ ...uses, url: () => context.config().heartbeat });
    },
  },
  {
    // Archives finished hours, expires old blocks, rolls up days, forgets what was sent and what was done long ago.
    name: "housekeeping",
    cron: "*/5 * * * *",
    periodMs: ({ intervals }) => intervals.cleanupMs,
    isHeavy: true,
    async run({ db, store, outbox, log, config, scheduledMs, ...context }) {
      const report = await cleanUp(store, scheduledMs, config().retention.blocksMs);
      if (report.isClockTrusted) await outbox.forgetEndedBefore(scheduledMs - SENT_KEPT_MS);
      const auditSinceMs = report.isClockTrusted ? scheduledMs - AUDIT_KEPT.ms : 0;
      await forgetAudit(db, { sinceMs: auditSinceMs, mostBytes: AUDIT_KEPT.bytes });
      const { archivedHours: hours, isClockTrusted } = report;
      const forgotten = isClockTrusted ? {} : { forgotten: "nothing before the clock has been right for half a day" };
      if (hours > 0) log.write("info", "hours archived", { hours, ...forgotten });
      const days = await rollUpDays(store, context.rollupBudget);
      if (days > 0) log.write("info", "days rolled up", { days });
      context.checkpoint("truncate");
    },
  },
  {
    // Moves the WAL into the database long before commits have to do it themselves on the thread that probes.
    name: "checkpoint",
    cron: null,
    periodMs: () => LOOK_AT_WAL_EVERY_MS,
    isHeavy: true,
    // A thread that dies as it starts would die every ten seconds.
    isNeeded: ({ walPages, thread }) => walPages >= MANY_WAL_PAGES && !thread.hasFailed,
    run: async (context) => context.checkpoint("passive"),
  },
];
