/**
 * By how much the database grows for each check that it keeps for a year, after a checkpoint.
 * Taken between two moments at which all but the last hour has been archived: what is there only once (schema, snapshot, the hour or
 * two of the head tier) is in both, and a year makes nothing of it.
 * Invariant: lifelike checks (lifelike-checks.ts) go through the real store and clean-up, in sweeps as the committer would make of
 * them: all that ended within a second, in one commit. There are neither probes nor timers.
 */
import type { Database } from "better-sqlite3";
import { setImmediate as immediate } from "node:timers/promises";
import { HOUR_MS } from "../../../shared/domain/history/hour-block.ts";
import type { Check } from "../../../shared/domain/monitoring/check.ts";
import { phaseOffsetMs } from "../../../shared/domain/monitoring/schedule.ts";
import { sqliteAsD1 } from "../../../shared/node/sqlite-d1.ts";
import type { HostFigures } from "../../../shared/domain/monitoring/host-figures.ts";
import type { Snapshot } from "../../../shared/ports/store.ts";
import { createD1Store } from "../../../shared/storage/d1-store.ts";
import type { Cluster } from "../../../shared/usecases/cluster.ts";
import { cleanUp } from "../../../shared/usecases/housekeeping/clean-up.ts";
import { rollUpDays } from "../../../shared/usecases/housekeeping/roll-up-days.ts";
import { draftSweep } from "../../../shared/usecases/sweeping/draft-sweep.ts";
import { benchConfiguration } from "../configuration.ts";
import { lifelikeHttp, lifelikeRedis, seededRandom, type LifelikeService } from "../lifelike-checks.ts";
import type { AbsoluteFigure, MeasureRow } from "../row.ts";
import { databaseIn } from "../service.ts";
import { newDatabase } from "../stored-history.ts";

/** A tenth more than before each day had a rollup, and buckets were of 5 % instead of 2: 16.8 and 8.01. */
const CLUSTERS = [
  { serviceCount: 6, mostBytes: 18.5 },
  { serviceCount: 100, mostBytes: 8.8 },
];
const FIRST_HOURS = 4;
/** With the rollups of a day. */
const HOURS = 24;
/** The seed's intervals: most of a small cluster is critical, most of a large one is not. */
const CRITICAL_S = 30;
const NON_CRITICAL_S = 60;
const CRITICAL_SERVICES = 30;
const SWEEP_MS = 1_000;
const STATS_EVERY_MS = 10_000;
/** Timers are late by up to this much, mostly by less. */
const LATEST_MS = 3;
const RETENTION_MS = 365 * 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 0, 1);

export const diskGrowth: MeasureRow = async (children) => {
  const lines: AbsoluteFigure[] = [];
  for (const { serviceCount, mostBytes } of CLUSTERS) {
    const sqlite = newDatabase(databaseIn(await children.folder()));
    children.defer(async () => void sqlite.close());
    const live = startLife(serviceCount, sqlite);
    const before = { checks: await live(FIRST_HOURS), bytes: bytesInUse(sqlite) };
    const checks = (await live(HOURS)) - before.checks;
    const values = [(bytesInUse(sqlite) - before.bytes) / checks];
    const what = `database growth a check, ${serviceCount} services, a Redis among them`;
    lines.push({ what, unit: "bytes", bar: { on: "max", atMost: mostBytes }, values });
  }
  return lines;
};

/** Of the pages in use, after a checkpoint; free pages are used again. */
function bytesInUse(sqlite: Database): number {
  sqlite.pragma("wal_checkpoint(TRUNCATE)");
  const pragma = (name: string): number => Number(sqlite.pragma(name, { simple: true }));
  return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
}

/** What is returned lives through so many hours more, and resolves with the number of checks stored since the start. */
function startLife(serviceCount: number, sqlite: Database): (hours: number) => Promise<number> {
  const random = seededRandom(1);
  const store = createD1Store(sqliteAsD1(sqlite));
  const cluster = buildCluster(serviceCount);
  const sources = buildSources(cluster, random);
  let nowMs = START_MS;
  let figures: HostFigures = { cpuPercent: null, memory: null, disk: null };
  let previous: Snapshot | null = null;
  let storedChecks = 0;
  const passSecond = async (): Promise<void> => {
    nowMs += SWEEP_MS;
    if (nowMs % STATS_EVERY_MS === 0) figures = hostAt(nowMs, random);
    const checks = dueChecks(sources, nowMs, random);
    const last = checks.at(-1);
    if (!last) return;
    // Committed some ms after the last of its checks.
    const atMs = last.checkedAtMs + 5 + Math.floor(3 * random());
    const readMs = (): number => atMs;
    const clock = {
      nowMs: readMs,
      wallMs: readMs,
      isSet: () => true,
      monotonicMs: readMs,
      sleep: () => Promise.resolve(),
      after: () => () => {},
    };
    const world = { clock, hostStats: { current: () => figures }, startedAtMs: START_MS };
    const draft = draftSweep(world, { cluster, previous, checks, faults: [] });
    if ((await store.commitSweep(draft.commit)) !== "committed") throw new Error("not committed");
    previous = draft.snapshot;
    storedChecks += checks.length;
  };
  return async (hours) => {
    for (const endMs = nowMs + hours * HOUR_MS; nowMs < endMs;) {
      await passSecond();
      if (nowMs % HOUR_MS !== 0) continue;
      await cleanUp(store, nowMs, RETENTION_MS);
      await rollUpDays(store, Infinity);
      await immediate(); // or nobody could interrupt us
    }
    return storedChecks;
  };
}

function buildCluster(serviceCount: number): Cluster {
  const services = Array.from({ length: serviceCount }, (_, index) => {
    const critical = index < CRITICAL_SERVICES;
    const interval = critical ? CRITICAL_S : NON_CRITICAL_S;
    const service = { name: `Service ${index}`, url: "http://127.0.0.1:9/", critical, interval };
    return [index === 0 ? "redis" : `service_${index}`, service];
  });
  return benchConfiguration({ services: Object.fromEntries(services) }).cluster;
}

interface Source extends LifelikeService {
  readonly intervalMs: number;
  dueMs: number;
}

function buildSources({ services }: Cluster, random: () => number): Source[] {
  return services.map(({ id, intervalMs }) => {
    const service = id === "redis" ? lifelikeRedis(id, random) : lifelikeHttp(id, random);
    return { ...service, intervalMs, dueMs: START_MS + phaseOffsetMs(id, intervalMs) };
  });
}

/** Everything that has become due before `nowMs`, in the order in which it ended. */
function dueChecks(sources: readonly Source[], nowMs: number, random: () => number): Check[] {
  const checks: Check[] = [];
  for (const source of sources) {
    for (; source.dueMs < nowMs; source.dueMs += source.intervalMs) {
      checks.push(source.check(source.dueMs + Math.floor(LATEST_MS * random() ** 2)));
    }
  }
  return checks.sort((left, right) => left.checkedAtMs - right.checkedAtMs);
}

function hostAt(nowMs: number, random: () => number): HostFigures {
  const availableBytes = 4e9 + Math.floor(random() * 4e8);
  const disk = { totalBytes: 60e9, freeBytes: 40e9 - (nowMs - START_MS) / 10 };
  return { cpuPercent: Math.round(random() * 400) / 10, memory: { totalBytes: 6e9, availableBytes }, disk };
}
