/**
 * How far the percentiles of a day's rollup are from those of its stored samples: lognormal response times with tails, between 1 ms
 * and 60 s, that went through the real store, clean-up and rollups.
 * Invariant: the exact percentile is that of the samples as they are stored, in 0.1 ms; nothing is measured by the clock.
 */
import { HOUR_MS } from "../../../shared/domain/history/hour-block.ts";
import { mergeRollups, responseTimeAt, type Rollup } from "../../../shared/domain/history/rollup.ts";
import { toTenthMs, type Check } from "../../../shared/domain/monitoring/check.ts";
import { DAY_MS } from "../../../shared/domain/text/timestamp.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { cleanUp } from "../../../shared/usecases/housekeeping/clean-up.ts";
import { rollUpDays } from "../../../shared/usecases/housekeeping/roll-up-days.ts";
import { seededRandom } from "../lifelike-checks.ts";
import type { MeasureRow } from "../row.ts";
import { databaseIn } from "../service.ts";
import { quantile } from "../statistics.ts";
import { commitQuietly, newDatabase } from "../stored-history.ts";

const SERVICE_COUNT = 50;
const INTERVAL_MS = 30_000;
const SHARES = [0.5, 0.9, 0.95, 0.99, 0.999];
const START_MS = Date.UTC(2026, 0, 1);
const FASTEST_MS = 1;
const SLOWEST_MS = 60_000;
const TAIL_SHARE = 0.03;
const NODE = {
  localNode: { cpuPercent: null, memoryPercent: null, diskPercent: null },
  degradedThresholdPercent: 70,
  faults: [],
};

export const quantileError: MeasureRow = async (children) => {
  const sqlite = newDatabase(databaseIn(await children.folder()));
  children.defer(async () => void sqlite.close());
  const store = createD1Store(sqliteAsD1(sqlite));
  const random = seededRandom(7);
  const ids = Array.from({ length: SERVICE_COUNT }, (_, index) => `service_${index}`);
  const drawers = ids.map((_, index) => lognormal(index / SERVICE_COUNT, random));
  const roster = ids.map((id) => ({ id, name: id, critical: true, staleAfterMs: 100_000 }));
  const last = new Map<string, Check>();
  let generation = 0;
  for (let atMs = START_MS; atMs < START_MS + DAY_MS + 3 * HOUR_MS; atMs += INTERVAL_MS) {
    const checks = ids.map((serviceId, index): Check => {
      const found = { status: "healthy", reason: null, message: null, statusCode: 200, details: {} } as const;
      return { serviceId, ...found, checkedAtMs: atMs - 1, responseTimeMs: drawers[index]?.() ?? 0 };
    });
    for (const check of checks) last.set(check.serviceId, check);
    const moment = { ...NODE, atMs, startedAtMs: START_MS, roster, checks: last };
    await commitQuietly(store, { generation, moment }, checks);
    generation += 1;
  }
  await cleanUp(store, START_MS + DAY_MS + 3 * HOUR_MS, 365 * DAY_MS);
  await rollUpDays(store, Infinity);
  const errors: number[] = [];
  for (const serviceId of ids) {
    const day = { sinceMs: START_MS, untilMs: START_MS + DAY_MS };
    const samples = await store.listSamples(serviceId, day.sinceMs, day.untilMs);
    const rollup = mergeRollups(
      (await store.readRollups({ serviceId, stepMs: DAY_MS, ...day })).map((part) => part.rollup),
    );
    errors.push(...SHARES.map((share) => errorPercent(rollup, samples, share)));
  }
  const what = `error of p50 to p99.9 of a day's rollup, lognormal with tails, ${FASTEST_MS} ms to 60 s`;
  return [{ what, unit: "%", bar: { atMost: 2, on: "max" }, values: errors }];
};

function errorPercent({ responseTimes }: Rollup, samples: readonly Check[], share: number): number {
  if (!responseTimes) throw new Error("nothing was rolled up");
  const times = samples.map(({ responseTimeMs }) => responseTimeMs);
  const exact = quantile(times, share);
  return (Math.abs(responseTimeAt(responseTimes, share) - exact) / exact) * 100;
}

/** From fast to slow services, from steady to scattered ones; some answers take a multiple. */
function lognormal(share: number, random: () => number): () => number {
  const typicalMs = FASTEST_MS * (SLOWEST_MS / FASTEST_MS) ** share;
  const sigma = 0.1 + 1.2 * random();
  return () => {
    const gaussian = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const tail = random() < TAIL_SHARE ? 2 + 30 * random() : 1;
    return toTenthMs(Math.min(SLOWEST_MS, Math.max(FASTEST_MS, typicalMs * Math.exp(sigma * gaussian) * tail)));
  };
}
