/**
 * The cron events of a Worker, which are those of the table of jobs: compares wrangler.toml with them, and fires them for a Worker
 * that runs locally, as the platform does it on its own and `wrangler dev` does not. Used by dev.ts and `npm run check`.
 * Invariant: an expression that only wrangler.toml or only the table has is named.
 */
import { JOBS } from "../../functions/jobs/registry.ts";

/** Every expression that a job has. */
export const CRONS: readonly string[] = [...new Set(JOBS.flatMap(({ cron }) => cron ?? []))];

/** What is wrong, one sentence each. */
export function cronFaults(wranglerToml: string): string[] {
  const [, list = "[]"] = /^crons = (\[.*?\])/m.exec(wranglerToml) ?? [];
  const listed: readonly string[] = JSON.parse(list);
  return [
    ...CRONS.filter((cron) => !listed.includes(cron)).map((cron) => `wrangler.toml lacks the cron "${cron}" of a job`),
    ...listed.filter((cron) => !CRONS.includes(cron)).map((cron) => `wrangler.toml has the cron "${cron}" of no job`),
  ];
}

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
export function startCron(origin: string): () => void {
  const fire = async (cron: string): Promise<void> => {
    const url = `${origin}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`;
    const fault = await fetch(url).then(
      ({ ok, status }) => (ok ? null : `HTTP ${status}`),
      (error: Error) => error.message,
    );
    if (fault !== null) console.error(`cron ${cron}: ${fault}`);
  };
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const untilNextMs = MINUTE_MS - (Date.now() % MINUTE_MS);
    timer = setTimeout(() => {
      for (const cron of cronsDueAt(Date.now())) void fire(cron);
      arm();
    }, untilNextMs);
  };
  for (const cron of CRONS.filter((each) => everyMinutes(each) === 1)) void fire(cron);
  arm();
  return () => clearTimeout(timer);
}
