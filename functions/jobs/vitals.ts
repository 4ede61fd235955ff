/** Once a minute: says that we live, where somebody listens and everything works, and looks after drills. */
import { lookAfterDrills } from "../../shared/usecases/delivery/drills.ts";
import { beat, HEARTBEAT_EVERY_MS } from "../../shared/usecases/delivery/heartbeat.ts";
import { defineJob } from "./job.ts";

export const vitals = defineJob({
  name: "vitals",
  cron: "* * * * *",
  periodMs: () => HEARTBEAT_EVERY_MS,
  isHeavy: false,
  async run({ host, config, ...storage }) {
    await lookAfterDrills({ ...host, ...storage, apply: (command) => host.sweeper.apply(command) });
    await beat({ ...host, ...storage, url: () => config.heartbeat });
  },
});
