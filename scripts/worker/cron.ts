/**
 * Fires the cron events of a Worker that runs locally: the platform does it on its own, `wrangler dev` does not.
 * Used by dev.ts. Invariant: the events are those of the table of jobs.
 */
import { JOBS } from "../../functions/jobs/registry.ts";

/** Every expression that a job has; wrangler.toml has the same ones. */
export const CRONS: readonly string[] = [...new Set(JOBS.flatMap(({ cron }) => cron ?? []))];

const MINUTE_MS = 60_000;

/** Of the expressions that our jobs have; of others nothing is known. */
const EVERY_MINUTES = /^\*(?:\/(\d+))? \* \* \* \*$/;

/** The expressions that fire in the minute that begins at `atMs` (epoch ms). */
export function cronsDueAt(atMs: number): string[] {
  const minute = Math.floor(atMs / MINUTE_MS);
  return CRONS.filter((cron) => minute % everyMinutes(cron) === 0);
}

function everyMinutes(cron: string): number {
  const found = EVERY_MINUTES.exec(cron);
  if (!found) throw new Error(`when ${cron} fires is not known here`);
  return Number(found[1] ?? 1);
}

/** Fires what is due every minute at once, then everything in its minute. The returned function stops it. */
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
  for (const cron of CRONS.filter((each) => everyMinutes(each) === 1)) void fire(cron);
  arm();
  return () => clearTimeout(timer);
}
