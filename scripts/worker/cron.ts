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

/** True when an expression fires in the minute that begins at `atMs` (epoch ms), UTC as on the platform; `*`, lists, ranges, steps. */
export function isDueAt(cron: string, atMs: number): boolean {
  const at = new Date(atMs);
  // Cloudflare counts the days of the week from 1, Sunday.
  const now = [at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay() + 1];
  const fields = cron.split(" ").map((field, index) => field.split(",").map((part) => covers(part, now[index] ?? 0)));
  return fields.every((parts) => parts.includes(true));
}

const PART = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/;

function covers(part: string, value: number): boolean {
  const [whole, from, to = from, step = "1"] = PART.exec(part) ?? [];
  if (whole === undefined) throw new Error(`a cron expression with ${part} cannot be fired here`);
  if (from === undefined) return value % Number(step) === 0;
  return value >= Number(from) && value <= Number(to) && (value - Number(from)) % Number(step) === 0;
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
      for (const cron of CRONS.filter((each) => isDueAt(each, Date.now()))) void fire(cron);
      arm();
    }, untilNextMs);
  };
  for (const cron of CRONS.filter((each) => each.startsWith("* *"))) void fire(cron);
  arm();
  return () => clearTimeout(timer);
}
