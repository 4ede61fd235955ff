/** Archives finished hours, expires old blocks, forgets what was sent. */
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import type { Job } from "./job.ts";

/** What was sent is of use while somebody asks whether it was. */
const KEPT_MS = 30 * 86_400_000;

export const housekeeping: Job = {
  name: "housekeeping",
  cron: "*/5 * * * *",
  periodMs: ({ intervals }) => intervals.cleanupMs,
  isHeavy: true,
  async run({ store, outbox, log, config, scheduledMs, ...context }) {
    const report = await cleanUp(store, scheduledMs, config().retention.blocksMs);
    await outbox.forgetEndedBefore(scheduledMs - KEPT_MS);
    if (!report.expired) log.write("warn", "nothing was expired: no fresh sweep, or the clock is ahead of them");
    if (report.archivedHours > 0) log.write("info", "hours archived", { hours: report.archivedHours });
    context.checkpoint("truncate");
  },
};
