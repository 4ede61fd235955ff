/**
 * Fires the cron events of a Worker that runs locally: the platform does it on its own, `wrangler dev` does not.
 * Used by dev.ts. Invariant: the same expressions as in wrangler.toml (a test compares them).
 */
import { CLEANUP_CRON } from "../../functions/jobs/housekeeping.ts";
import { SWEEP_CRON } from "../../functions/jobs/probe-round.ts";

const MINUTE_MS = 60_000;

/** Every how many minutes each expression fires. */
export const CRONS: Readonly<Record<string, number>> = { [SWEEP_CRON]: 1, [CLEANUP_CRON]: 5 };

/** The expressions that fire in the minute that begins at `atMs` (epoch ms). */
export function cronsDueAt(atMs: number): string[] {
  const minute = Math.floor(atMs / MINUTE_MS);
  return Object.entries(CRONS)
    .filter(([, everyMinutes]) => minute % everyMinutes === 0)
    .map(([cron]) => cron);
}

/** Fires a sweep at once, then everything in its minute. The returned function stops it. */
export function startCron(origin: string, report: (fault: string) => void): () => void {
  const fire = async (cron: string): Promise<void> => {
    try {
      const response = await fetch(`${origin}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`);
      if (!response.ok) report(`cron ${cron}: HTTP ${response.status}`);
    } catch (error) {
      report(`cron ${cron}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    timer = setTimeout(
      () => {
        for (const cron of cronsDueAt(Date.now())) void fire(cron);
        arm();
      },
      MINUTE_MS - (Date.now() % MINUTE_MS),
    );
  };
  void fire(SWEEP_CRON);
  arm();
  return () => clearTimeout(timer);
}
