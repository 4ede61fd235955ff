/**
 * Every job, in the order in which those of one instant run. To add one: a row here, or one file and its name here.
 * Node's timers, Workers' cron events, the local cron of `npm run dev:worker` and the check of wrangler.toml read it.
 */
import { lookAfterDrills } from "../../shared/usecases/delivery/drills.ts";
import { beat, HEARTBEAT_EVERY_MS } from "../../shared/usecases/delivery/heartbeat.ts";
import { housekeeping } from "./housekeeping.ts";
import type { Job } from "./job.ts";

const LOOK_AT_WAL_EVERY_MS = 10_000;
const MANY_WAL_PAGES = 250;

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
      await lookAfterDrills({ ...context, apply: (command) => context.sweeper.apply(command) });
      await beat({ ...context, url: () => context.config().heartbeat });
    },
  },
  housekeeping,
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
