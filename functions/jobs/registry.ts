/**
 * Every job, in the order in which those of one instant run. To add one: one file, one line here.
 * Node's timers, Workers' cron events, the local cron of `npm run dev:worker` and the check of wrangler.toml read it.
 */
import { checkpoint } from "./checkpoint.ts";
import { housekeeping } from "./housekeeping.ts";
import type { Job } from "./job.ts";
import { probeRound } from "./probe-round.ts";
import { vitals } from "./vitals.ts";

export const JOBS: readonly Job[] = [probeRound, vitals, housekeeping, checkpoint];
