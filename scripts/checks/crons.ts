/**
 * Compares the cron events that wrangler.toml asks of the platform with those that the table of jobs has.
 * Pure; steps.ts gives it the text. Invariant: an expression that only one of them has is named.
 */
import { CRONS } from "../worker/cron.ts";

/** What is wrong, one sentence each. */
export function cronFaults(wranglerToml: string): string[] {
  const [, list = "[]"] = /^crons = (\[.*?\])/m.exec(wranglerToml) ?? [];
  const listed: readonly string[] = JSON.parse(list);
  return [
    ...CRONS.filter((cron) => !listed.includes(cron)).map((cron) => `wrangler.toml lacks the cron "${cron}" of a job`),
    ...listed.filter((cron) => !CRONS.includes(cron)).map((cron) => `wrangler.toml has the cron "${cron}" of no job`),
  ];
}
