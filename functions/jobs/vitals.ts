/** Once a minute: says that we live, where somebody listens and everything works, and looks after drills. */
import { lookAfterDrills } from "../../shared/usecases/delivery/drills.ts";
import { beat, HEARTBEAT_EVERY_MS } from "../../shared/usecases/delivery/heartbeat.ts";
import { defineJob } from "./job.ts";

export const vitals = defineJob({
  name: "vitals",
  cron: "* * * * *",
  periodMs: () => HEARTBEAT_EVERY_MS,
  isHeavy: false,
  async run(context) {
    await lookAfterDrills({ ...context, apply: (command) => context.sweeper.apply(command) });
    await beat({ ...context, url: () => context.config.heartbeat });
  },
});
