/**
 * Reading the head tier: the sweeps that have not been archived yet.
 * Called by d1-store.ts. Invariant: the archive boundary is read in the same statement as the rows, so that a sweep is
 * never missed or seen twice while cleanup moves it.
 */
import type { D1Database, D1PreparedStatement } from "@cloudflare/workers-types";
import type { Check } from "../domain/check.ts";
import type { ClusterMoment } from "../domain/cluster-state.ts";
import type { SweepQuery } from "../ports/store.ts";
import { foldSweeps, type StoredSweep } from "./fold-sweeps.ts";
import { unpackChecks } from "./packed-check.ts";
import type { RosterTable } from "./roster-table.ts";

export interface SweepRow {
  readonly at_ms: number;
  readonly started_at_ms: number;
  readonly roster_id: string;
  readonly local_node: string;
  readonly checks: string;
  readonly keyframe: string | null;
}

// A page of sweeps and everything back to the keyframe before its oldest one.
const PAGE = `with page as (
    select at_ms from sweeps
    where at_ms >= max(?1, (select archived_until_ms from tiers where id = 1)) and at_ms < ?2
      and (?3 is null or (instr(checks, ?3) > 0
        and exists (select 1 from json_each(checks) where json_extract(value, '$[0]') = ?5)))
    order by at_ms desc limit ?4
  )
  select s.at_ms, s.started_at_ms, s.roster_id, s.local_node, s.checks, s.keyframe,
    s.at_ms in (select at_ms from page) as wanted
  from sweeps s
  where s.at_ms <= (select max(at_ms) from page) and s.at_ms >= coalesce(
    (select max(at_ms) from sweeps where keyframe is not null and at_ms <= (select min(at_ms) from page)),
    (select min(at_ms) from page))
  order by s.at_ms`;

const SAMPLES = `select at_ms, checks from sweeps
  where at_ms >= max(?1, (select archived_until_ms from tiers where id = 1)) and instr(checks, ?2) > 0
  order by at_ms`;

/** The instant before which sweeps are in the block tier. */
export function archivedUntil(db: D1Database): D1PreparedStatement {
  return db.prepare("select archived_until_ms from tiers where id = 1");
}

/** The page's statement; run it in one batch with `archivedUntil`, then give its rows to `headMoments`. */
export function headPage(db: D1Database, { sinceMs, beforeMs, limit, serviceId }: SweepQuery): D1PreparedStatement {
  return db.prepare(PAGE).bind(sinceMs, beforeMs, serviceId && packedPrefix(serviceId), limit, serviceId);
}

export async function headMoments(
  rows: readonly (SweepRow & { wanted: number })[],
  rosters: RosterTable,
): Promise<ClusterMoment[]> {
  const first = rows[0];
  if (!first) return [];
  const keyframe = first.keyframe === null ? [] : unpackChecks(first.keyframe, first.at_ms);
  const contents = await rosters.load(rows.map(({ roster_id: id }) => id));
  return foldSweeps(
    keyframe,
    rows.map((row) => ({ ...storedSweep(row), wanted: row.wanted === 1 })),
    contents,
  );
}

export function storedSweep(row: SweepRow): StoredSweep {
  return {
    atMs: row.at_ms,
    startedAtMs: row.started_at_ms,
    rosterId: row.roster_id,
    localNode: JSON.parse(row.local_node),
    checks: unpackChecks(row.checks, row.at_ms),
    wanted: true,
  };
}

/** The statement of one service's samples committed at or after `sinceMs`; run it with `archivedUntil` in one batch. */
export function headSamples(db: D1Database, serviceId: string, sinceMs: number): D1PreparedStatement {
  return db.prepare(SAMPLES).bind(sinceMs, packedPrefix(serviceId));
}

export function samplesOf(serviceId: string, rows: readonly Pick<SweepRow, "at_ms" | "checks">[]): Check[] {
  return rows
    .flatMap((row) => unpackChecks(row.checks, row.at_ms))
    .filter((check) => check.serviceId === serviceId)
    .map((check) => ({ ...check, details: {} }));
}

/** How the packed check of a service begins. A cheap text filter: the body of another service may hold the same text. */
function packedPrefix(serviceId: string): string {
  return `[${JSON.stringify(serviceId)},`;
}
