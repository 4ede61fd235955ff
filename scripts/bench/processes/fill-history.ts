/**
 * Fills a database with hours of a cluster's life in seconds: lifelike checks, the real store, the real clean-up.
 * Started by rows/disk-growth.ts, as `fill-history.ts SERVICES DATABASE`; knows neither probes nor timers.
 * Invariant: sweeps are what the committer would make of the checks: all that ended within a second, in one commit.
 */
import { HOUR_MS } from "../../../shared/domain/history/hour-block.ts";
import { phaseOffsetMs } from "../../../shared/domain/monitoring/schedule.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import type { HostFigures } from "../../../shared/ports/host-stats.ts";
import type { Snapshot } from "../../../shared/ports/store.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import { cleanUp } from "../../../shared/usecases/housekeeping/clean-up.ts";
import { draftSweep } from "../../../shared/usecases/sweeping/draft-sweep.ts";
import { benchConfiguration } from "../configuration.ts";
import { lifelikeHttp, lifelikeRedis, seededRandom, type LifelikeService } from "../lifelike-checks.ts";
import { obey } from "./obey.ts";
import { newDatabase } from "../stored-history.ts";

export interface HoursOrder {
  readonly hours: number;
}

export interface DatabaseSize {
  /** Stored so far. */
  readonly checks: number;
  /** Of the pages in use, after a checkpoint; free pages are used again. */
  readonly bytes: number;
}

/** The seed's intervals: most of a small cluster is critical, most of a large one is not. */
const CRITICAL_MS = 30_000;
const NON_CRITICAL_MS = 60_000;
const CRITICAL_SERVICES = 30;
const SWEEP_MS = 1_000;
const STATS_EVERY_MS = 10_000;
/** Timers are late by up to this much, mostly by less. */
const LATEST_MS = 3;
const RETENTION_MS = 365 * 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 0, 1);

const [, , serviceCount = "", databasePath = ""] = process.argv;
const random = seededRandom(1);
const sqlite = newDatabase(databasePath);
const store = createD1Store(sqliteAsD1(sqlite));

const sources = Array.from({ length: Number(serviceCount) }, (_, index) => {
  const intervalMs = index < CRITICAL_SERVICES ? CRITICAL_MS : NON_CRITICAL_MS;
  const source: LifelikeService =
    index === 0 ? lifelikeRedis("redis", random) : lifelikeHttp(`service_${index}`, random);
  return { source, intervalMs, dueMs: START_MS + phaseOffsetMs(source.id, intervalMs) };
});
const services = sources.map(({ source, intervalMs }, index) => {
  const interval = intervalMs / 1_000;
  const critical = index < CRITICAL_SERVICES;
  return [source.id, { name: `Service ${index}`, url: "http://127.0.0.1:9/", critical, interval }];
});
const { cluster } = benchConfiguration({ services: Object.fromEntries(services) });

let nowMs = START_MS;
let figures: HostFigures = { cpuPercent: null, memory: null, disk: null };
let previous: Snapshot | null = null;
let storedChecks = 0;

/** Everything that is due in the second before `nowMs`, in the order in which it ended. */
function dueChecks(): Check[] {
  const checks: Check[] = [];
  for (const each of sources) {
    for (; each.dueMs < nowMs; each.dueMs += each.intervalMs) {
      checks.push(each.source.check(each.dueMs + Math.floor(LATEST_MS * random() ** 2)));
    }
  }
  return checks.sort((left, right) => left.checkedAtMs - right.checkedAtMs);
}

function measureHost(): void {
  const availableBytes = 4e9 + Math.floor(random() * 4e8);
  const disk = { totalBytes: 60e9, freeBytes: 40e9 - (nowMs - START_MS) / 10 };
  figures = { cpuPercent: Math.round(random() * 400) / 10, memory: { totalBytes: 6e9, availableBytes }, disk };
}

async function passSecond(): Promise<void> {
  nowMs += SWEEP_MS;
  if (nowMs % STATS_EVERY_MS === 0) measureHost();
  const checks = dueChecks();
  const last = checks.at(-1);
  if (!last) return;
  // Committed some ms after the last of its checks.
  const atMs = last.checkedAtMs + 5 + Math.floor(3 * random());
  const clock = { nowMs: () => atMs, monotonicMs: () => atMs, sleep: () => Promise.resolve(), after: () => () => {} };
  const world = { clock, hostStats: { current: () => figures }, startedAtMs: START_MS };
  const draft = draftSweep(world, { cluster, previous, checks, faults: [] });
  if ((await store.commitSweep(draft.commit)) !== "committed") throw new Error("not committed");
  previous = draft.snapshot;
  storedChecks += checks.length;
}

obey(async ({ hours }: HoursOrder): Promise<DatabaseSize> => {
  for (const endMs = nowMs + hours * HOUR_MS; nowMs < endMs;) {
    await passSecond();
    if (nowMs % HOUR_MS === 0) await cleanUp(store, nowMs, RETENTION_MS);
  }
  sqlite.pragma("wal_checkpoint(TRUNCATE)");
  const pragma = (name: string): number => Number(sqlite.pragma(name, { simple: true }));
  const pages = pragma("page_count") - pragma("freelist_count");
  return { checks: storedChecks, bytes: pages * pragma("page_size") };
});
