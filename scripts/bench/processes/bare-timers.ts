/**
 * The reference of check-cpu: a timer a service, and at each tick `undici.request` on a connection of its own and the body
 * read as JSON. Started bundled, as `bare-timers.mjs URL SERVICES`; it asks from its start to its end.
 * Invariant: nothing beyond that: no deadline, no limit, no timings, no judgement, nothing stored.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { phaseOffsetMs } from "../../../shared/domain/monitoring/schedule.ts";
import { targetUrl } from "./measure-calls.ts";
import { obey } from "./obey.ts";

const INTERVAL_MS = 1_000;

const url = targetUrl();
const serviceCount = Number(process.argv[3]);
let calls = 0;

async function ask(): Promise<void> {
  const { statusCode, body } = await request(url, { reset: true });
  if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
  JSON.parse(await body.text());
  calls += 1;
}

/** Spread over the interval just as those of the service are: probes that come together cost less than single ones. */
async function askForEver(index: number): Promise<void> {
  await sleep(phaseOffsetMs(`service_${index}`, INTERVAL_MS));
  setInterval(() => void ask(), INTERVAL_MS);
}

for (let index = 0; index < serviceCount; index += 1) void askForEver(index);

/** Calls that have been answered so far. */
obey((): number => calls);
