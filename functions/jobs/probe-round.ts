/**
 * The sweep cron, once a minute, for hosts whose platform wakes them: a round over what is due.
 * Invariant: may be skipped, doubled or late without harm.
 */
import type { CronEnv } from "./housekeeping.ts";

export const SWEEP_CRON = "* * * * *";

/** Throws when this part of the host does not probe (Node's maintenance thread). */
export async function runSweep({ sweeper, beat }: CronEnv["HOST"]): Promise<void> {
  if (sweeper === null) throw new Error("nothing probes here");
  await sweeper.round();
  await beat?.();
}
