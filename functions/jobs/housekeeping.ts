/**
 * The cleanup cron, every five minutes: archive finished hours, expire old blocks.
 * On Node it runs in the maintenance thread. Invariant: may be skipped, doubled or late without harm.
 */
import { createOutbox } from "../../shared/storage/outbox.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { cleanUp } from "../../shared/usecases/housekeeping/clean-up.ts";
import type { Env } from "../env.ts";
import { storeOptions } from "../store-options.ts";

export const CLEANUP_CRON = "*/5 * * * *";

/** What was sent is of use while somebody asks whether it was. */
const KEPT_MS = 30 * 86_400_000;

/** The part of an Env that cron jobs need. */
export interface CronEnv {
  readonly DB: Env["DB"];
  readonly HOST: Pick<Env["HOST"], "log" | "retentionMs"> & {
    /** Null in a part of a host that does not probe. */
    readonly sweeper: Pick<Env["HOST"]["sweeper"], "round"> | null;
    /** Absent there as well. */
    readonly beat?: Env["HOST"]["beat"];
  };
}

/** @param scheduledMs the time the event was scheduled for, epoch ms */
export async function runCleanup({ DB, HOST }: CronEnv, scheduledMs: number): Promise<void> {
  const report = await cleanUp(createD1Store(DB, storeOptions(HOST)), scheduledMs, HOST.retentionMs());
  await createOutbox(DB).forgetEndedBefore(scheduledMs - KEPT_MS);
  if (!report.expired) HOST.log.write("warn", "nothing was expired: no fresh sweep, or the clock is ahead of them");
  if (report.archivedHours > 0) HOST.log.write("info", "hours archived", { hours: report.archivedHours });
}
