/** Moves the WAL into the database long before commits have to do it themselves on the thread that probes. */
import { defineJob } from "./job.ts";

const LOOK_EVERY_MS = 10_000;
const MANY_PAGES = 250;

export const checkpoint = defineJob({
  name: "checkpoint",
  cron: null,
  periodMs: () => LOOK_EVERY_MS,
  isHeavy: true,
  // A thread that dies as it starts would die every ten seconds.
  isNeeded: ({ walPages, thread }) => walPages >= MANY_PAGES && !thread.hasFailed,
  run: async (context) => context.checkpoint("passive"),
});
