/** A round over what is due, where the platform wakes us; elsewhere every service is probed on its own clock. */
import { defineJob } from "./job.ts";

export const probeRound = defineJob({
  name: "probe-round",
  cron: "* * * * *",
  periodMs: null,
  isHeavy: false,
  run: ({ sweeper }) => sweeper.round(),
});
