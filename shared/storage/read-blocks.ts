/**
 * Reading the block tier: finished hours.
 * Called by d1-store.ts. Invariant: gives what the head tier gave for the same sweeps, except timings.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Check } from "../domain/check.ts";
import type { ClusterMoment } from "../domain/cluster-state.ts";
import { HOUR_MS, hourOf } from "../domain/hour-block.ts";
import type { SweepQuery } from "../ports/store.ts";
import type { BlobColumn } from "./deflated-json.ts";
import { foldSweeps, type StoredSweep } from "./fold-sweeps.ts";
import type { RosterTable } from "./roster-table.ts";
import { decodeSamples, withDetails, type SampleColumns } from "./sample-block.ts";
import { decodeSweeps, type ArchivedSweep } from "./sweep-block.ts";

const SAMPLE_COLUMNS = "hour_ms, step_ms, starts, response_times, verdicts";

/** Sweeps of finished hours, newest first; `query.beforeMs` must not be after the archive boundary. */
export async function archivedMoments(
  db: D1Database,
  rosters: RosterTable,
  query: SweepQuery,
): Promise<ClusterMoment[]> {
  const moments: ClusterMoment[] = [];
  let beforeMs = query.beforeMs;
  while (moments.length < query.limit) {
    const hourMs = await newestHour(db, query, beforeMs);
    if (hourMs === null) break;
    const rest = { ...query, beforeMs, limit: query.limit - moments.length };
    moments.push(...(await hourMoments(db, rosters, { hourMs, query: rest })));
    beforeMs = hourMs;
  }
  return moments;
}

/** A check is filed under the hour of its commit: usually its own or the next, later when storage had failed meanwhile. */
const LATEST_COMMIT_MS = 24 * HOUR_MS;

/**
 * Samples of finished hours that may fall into the span, oldest first; `untilMs` is exclusive. Hours from `boundaryMs` on are
 * still in the head tier, even when their blocks are already being written.
 */
export async function archivedSamples(
  db: D1Database,
  serviceId: string,
  { sinceMs, untilMs, boundaryMs }: { sinceMs: number; untilMs: number; boundaryMs: number },
): Promise<Check[]> {
  const { results } = await db
    .prepare(
      `select ${SAMPLE_COLUMNS} from hour_blocks
       where service_id = ?1 and hour_ms >= ?2 and hour_ms < ?3 and hour_ms + json_extract(starts, '$[0]') < ?4
       order by hour_ms`,
    )
    .bind(serviceId, hourOf(sinceMs), Math.min(untilMs + LATEST_COMMIT_MS, boundaryMs), untilMs)
    .all<SampleColumns>();
  return results.flatMap((row) => decodeSamples(serviceId, row));
}

/** The newest hour before `beforeMs` that can hold wanted sweeps; asks the service's own blocks when one is wanted. */
async function newestHour(
  db: D1Database,
  { sinceMs, serviceId }: SweepQuery,
  beforeMs: number,
): Promise<number | null> {
  const [table, filter] = serviceId === null ? ["hour_sweeps", "?3 is null"] : ["hour_blocks", "service_id = ?3"];
  const row = await db
    .prepare(
      `select hour_ms from ${table} where ${filter} and hour_ms >= ?1 and hour_ms < ?2 order by hour_ms desc limit 1`,
    )
    .bind(hourOf(sinceMs), beforeMs, serviceId)
    .first<{ hour_ms: number }>();
  return row?.hour_ms ?? null;
}

async function hourMoments(
  db: D1Database,
  rosters: RosterTable,
  { hourMs, query }: { hourMs: number; query: SweepQuery },
): Promise<ClusterMoment[]> {
  const row = await db.prepare("select payload from hour_sweeps where hour_ms = ?").bind(hourMs).first<{
    payload: BlobColumn;
  }>();
  if (!row) return [];
  const { sweeps, keyframe } = await decodeSweeps(hourMs, row.payload);
  const contents = await rosters.load(sweeps.map(({ rosterId }) => rosterId));
  const ids = new Set([...contents.values()].flatMap(({ roster }) => roster.map(({ id }) => id)));
  const stored = assignChecks(sweeps, await hourSamples(db, hourMs, [...ids]));
  return foldSweeps(keyframe, markWanted(stored, query), contents);
}

async function hourSamples(db: D1Database, hourMs: number, serviceIds: readonly string[]): Promise<Check[]> {
  const { results } = await db
    .prepare(
      `select service_id, ${SAMPLE_COLUMNS}, details from hour_blocks
       where hour_ms = ? and service_id in (select value from json_each(?))`,
    )
    .bind(hourMs, JSON.stringify(serviceIds))
    .all<SampleColumns & { service_id: string; details: BlobColumn | null }>();
  const blocks = await Promise.all(results.map((row) => withDetails(decodeSamples(row.service_id, row), row.details)));
  return blocks.flat().sort((left, right) => left.checkedAtMs - right.checkedAtMs);
}

/** A check belongs to the first sweep that was committed when it had ended. */
function assignChecks(sweeps: readonly ArchivedSweep[], checks: readonly Check[]): StoredSweep[] {
  let next = 0;
  return sweeps.map((sweep, index) => {
    const first = next;
    const isLast = index === sweeps.length - 1;
    while (next < checks.length && (isLast || (checks[next]?.checkedAtMs ?? 0) <= sweep.atMs)) next += 1;
    return { ...sweep, checks: checks.slice(first, next), wanted: true };
  });
}

/** Marks the newest `limit` sweeps that the query asks for. */
function markWanted(
  sweeps: readonly StoredSweep[],
  { sinceMs, beforeMs, limit, serviceId }: SweepQuery,
): StoredSweep[] {
  let remaining = limit;
  return sweeps
    .toReversed()
    .map((sweep) => {
      const inSpan = sweep.atMs >= sinceMs && sweep.atMs < beforeMs;
      const hasService = serviceId === null || sweep.checks.some((check) => check.serviceId === serviceId);
      const wanted = inSpan && hasService && remaining > 0;
      if (wanted) remaining -= 1;
      return { ...sweep, wanted };
    })
    .reverse();
}
