/**
 * A database as the service leaves it after a long time: packed hours, a head of one to two hours, a snapshot.
 * Rows that measure answers from history start the service on it. Everything stored comes from the service's own encoders;
 * a few different hours are encoded and then repeated by SQL, as encoding a year check by check would take an hour.
 * Invariant: service ids are those of service.ts; the newest sweep is from now, and the newest five minutes are not indexed yet, as just before a cleanup.
 */
import type { Database } from "better-sqlite3";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "../../shared/domain/monitoring/check.ts";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { healthBody } from "../../shared/domain/monitoring/current-health.ts";
import { HOUR_MS, hourBlocks, hourOf } from "../../shared/domain/history/hour-block.ts";
import type { Roster } from "../../shared/domain/monitoring/service.ts";
import { migrateDatabase, openDatabase } from "../../shared/node/database.ts";
import { sqliteAsD1 } from "../../shared/node/sqlite-d1.ts";
import { createD1Store } from "../../shared/storage/d1-store.ts";
import { packChecks } from "../../shared/storage/packed-check.ts";
import { createRosterTable } from "../../shared/storage/roster-table.ts";
import { encodeBlock, type SampleBlockRow } from "../../shared/storage/sample-block.ts";
import { encodeSweeps, type ArchivedSweep } from "../../shared/storage/sweep-block.ts";
import { QUIET } from "../quiet-commit.ts";

export interface HistoryShape {
  readonly serviceCount: number;
  /** Hours in blocks before the head. */
  readonly archivedHours: number;
  /** Finished hours in the head that cleanup would archive; default: none. */
  readonly hoursToArchive?: number;
}

const MIGRATIONS = join(import.meta.dirname, "../../shared/storage/migrations");

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const INTERVAL_S = 30;
/** Different hours; the others repeat them. */
const DISTINCT_HOURS = 3;
/** Cleanup runs this often. */
const NOT_INDEXED_MS = 5 * MINUTE_MS;
/** As long before the hours of the blocks as a process may have run. */
const STARTED_AT_MS = 1_700_000_000_000;
const LOCAL_NODE = { cpuPercent: 12.5, memoryPercent: 34.1, diskPercent: 67.8 };
const THRESHOLD_PERCENT = 70;
/** More than a year of one service. */
const CACHE_KIB = 64_000;

/** Writes a new file at `path`: a year of 6 services in a second, one of 1,000 in some three minutes. */
export async function writeHistory(
  path: string,
  { serviceCount, archivedHours, hoursToArchive = 0 }: HistoryShape,
): Promise<void> {
  const sqlite = openDatabase(path);
  try {
    sqlite.pragma("synchronous = OFF");
    sqlite.pragma("journal_mode = OFF"); // or a year would stand in the WAL first
    sqlite.pragma(`cache_size = -${CACHE_KIB}`);
    migrateDatabase(sqlite, MIGRATIONS);
    const ids = Array.from({ length: serviceCount }, (_, index) => `service_${index}`);
    const roster = ids.map((id) => ({ id, name: `Service ${id}`, critical: true, staleAfterMs: 100_000 }));
    const nowMs = Date.now();
    const boundaryMs = hourOf(nowMs) - (1 + hoursToArchive) * HOUR_MS;
    await writeBlocks(sqlite, roster, { untilMs: boundaryMs, hours: archivedHours });
    sqlite.prepare("update tiers set archived_until_ms = ?").run(boundaryMs);
    await writeHead(sqlite, roster, { sinceMs: boundaryMs, untilMs: nowMs });
    sqlite.pragma("journal_mode = WAL");
  } finally {
    sqlite.close();
  }
  // Or the disk would be busy with it while the service is measured.
  const file = await open(path, "r+");
  await file.sync();
  await file.close();
}

/** The services whose checks end in this second, each half a minute. */
function checksOfSecond(ids: readonly string[], second: number, baseMs: number): Check[] {
  const turn = Math.floor(second / INTERVAL_S);
  return ids
    .filter((_, index) => index % INTERVAL_S === second % INTERVAL_S)
    .map((id, index) => checkOf(id, baseMs + second * SECOND_MS - 1 - (index % 7), turn));
}

/** Answers vary a little, and one in fifty fails. */
function checkOf(serviceId: string, checkedAtMs: number, turn: number): Check {
  const variety = (turn * 7 + serviceId.length * 13 + serviceId.charCodeAt(serviceId.length - 1)) % 50;
  const responseTimeMs = 10 + variety / 10;
  if (variety === 0) {
    const message = "Connection refused";
    const failed = { status: "error", reason: "refused", message, statusCode: null } as const;
    return { serviceId, ...failed, checkedAtMs, responseTimeMs: 1.2, details: {} };
  }
  const data = { status: "ok", models: ["llama3.2:3b", "nomic-embed-text"], loaded: Math.floor(turn / 20) };
  const timings = { tcpMs: 0.2, firstByteMs: responseTimeMs - 0.5, bodyMs: 0.1 };
  const healthy = { status: "healthy", reason: null, message: null, statusCode: 200 } as const;
  return { serviceId, ...healthy, checkedAtMs, responseTimeMs, details: { data, timings } };
}

const COPY_BLOCK = `insert into hour_blocks
    (service_id, hour_ms, first_ms, step_ms, gaps, response_times, verdicts, status_counts,
     sum_tenth_ms, min_tenth_ms, max_tenth_ms, histogram, details)
  select @service_id, value, @first_ms, @step_ms, @gaps, @response_times, @verdicts, @status_counts,
    @sum_tenth_ms, @min_tenth_ms, @max_tenth_ms, @histogram, @details
  from json_each(@hours)`;

async function writeBlocks(
  sqlite: Database,
  roster: Roster,
  { untilMs, hours }: { untilMs: number; hours: number },
): Promise<void> {
  const ids = roster.map(({ id }) => id);
  const rosterId = createRosterTable(sqliteAsD1(sqlite)).idOf({
    roster,
    degradedThresholdPercent: THRESHOLD_PERCENT,
  }).id;
  const putBlock = sqlite.prepare(COPY_BLOCK);
  const putSweeps = sqlite.prepare(
    "insert into hour_sweeps (hour_ms, count, payload) select value, @count, @payload from json_each(@hours)",
  );
  const encoded: Encoded[] = [];
  for (let distinct = 0; distinct < DISTINCT_HOURS; distinct += 1) {
    const starts = Array.from({ length: hours }, (_, index) => untilMs - (hours - index) * HOUR_MS);
    const own = JSON.stringify(starts.filter((_, index) => index % DISTINCT_HOURS === distinct));
    encoded.push({ hours: own, ...(await encodedHour(ids, rosterId, distinct)) });
  }
  const copy = sqlite.transaction(() => {
    // In the order of the key, service after service, or the file would be half empty pages.
    for (const index of ids.keys()) {
      for (const { blocks, hours: own } of encoded) putBlock.run({ ...blocks[index], hours: own });
    }
    for (const { payload, sweeps, hours: own } of encoded) putSweeps.run({ count: sweeps, payload, hours: own });
  });
  copy();
}

interface Encoded {
  /** The hours that it stands for, as a JSON list. */
  readonly hours: string;
  /** By service id. */
  readonly blocks: readonly SampleBlockRow[];
  readonly sweeps: number;
  readonly payload: Uint8Array;
}

/** All of a block is relative to its hour. */
async function encodedHour(
  ids: readonly string[],
  rosterId: string,
  distinct: number,
): Promise<Omit<Encoded, "hours">> {
  const seconds = Array.from({ length: HOUR_MS / SECOND_MS }, (_, second) => second);
  const checks = seconds.map((second) => checksOfSecond(ids, second + distinct * 30, 0));
  const relative = checks.map((each) =>
    each.map((check) => ({ ...check, checkedAtMs: check.checkedAtMs - distinct * 30 * SECOND_MS })),
  );
  const atMs = (second: number): number => second * SECOND_MS + 3;
  const sweeps = seconds
    .filter((second) => relative[second]?.length)
    .map((second): ArchivedSweep => ({
      atMs: atMs(second),
      startedAtMs: STARTED_AT_MS,
      rosterId,
      localNode: { ...LOCAL_NODE, cpuPercent: (second % 90) / 10 },
    }));
  const keyframe = ids.map((id) => checkOf(id, 0, distinct));
  const blocks = await Promise.all(hourBlocks(0, relative.flat()).map(encodeBlock));
  return { blocks, sweeps: sweeps.length, payload: await encodeSweeps(0, sweeps, keyframe) };
}

async function writeHead(
  sqlite: Database,
  roster: Roster,
  { sinceMs, untilMs }: { sinceMs: number; untilMs: number },
): Promise<void> {
  const ids = roster.map(({ id }) => id);
  const store = createD1Store(sqliteAsD1(sqlite));
  const last = ids.map((id) => checkOf(id, untilMs - 10 * SECOND_MS, 1));
  const moment: ClusterMoment = {
    atMs: untilMs,
    startedAtMs: STARTED_AT_MS,
    roster,
    checks: new Map(last.map((check) => [check.serviceId, check])),
    localNode: LOCAL_NODE,
    degradedThresholdPercent: THRESHOLD_PERCENT,
    faults: [],
  };
  const { id: rosterId } = createRosterTable(sqliteAsD1(sqlite)).idOf(moment);
  const put = sqlite.prepare("insert into sweeps values (?, ?, ?, ?, ?, ?)");
  const keyframe = packChecks(last, untilMs);
  const write = sqlite.transaction((fromMs: number, toMs: number) => {
    for (let atMs = fromMs; atMs < toMs; atMs += SECOND_MS) {
      const second = Math.floor((atMs - sinceMs) / SECOND_MS);
      const checks = checksOfSecond(ids, second, sinceMs);
      if (checks.length === 0) continue;
      const isFirst = second % 60 === 0;
      put.run(
        atMs,
        STARTED_AT_MS,
        rosterId,
        JSON.stringify(LOCAL_NODE),
        packChecks(checks, atMs),
        isFirst ? keyframe : null,
      );
    }
  });
  const indexedMs = Math.max(sinceMs, untilMs - NOT_INDEXED_MS);
  write(sinceMs, indexedMs);
  while (await store.addRecentSamples());
  write(indexedMs, untilMs);
  const health = healthBody(moment, { generation: 1, nowMs: untilMs, notice: null, intervalMs: 30_000 });
  await store.commitSweep({
    expectedGeneration: 0,
    moment,
    ...health,
    checks: last.slice(0, 1),
    transitions: [],
    ...QUIET,
  });
  const stored = "(select sum(count) from hour_sweeps) + (select count(*) from sweeps)";
  sqlite.exec(`update snapshot set sweep_count = ${stored}`);
}
