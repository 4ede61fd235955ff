/**
 * Reading the head tier: the sweeps that have not been archived yet, newest first and piece by piece.
 * Called by d1-store.ts. Invariant: the archive boundary is read in the same batch as the rows of a piece, so that a sweep
 * is never missed or seen twice while cleanup moves it.
 */
import type { Check } from "../domain/monitoring/check.ts";
import type { ClusterMoment, LocalNode } from "../domain/monitoring/cluster-state.ts";
import type { SweepQuery } from "../ports/store.ts";
import { checkInstant, checkNumbers } from "./checked-value.ts";
import { foldSweeps, type StoredSweep } from "./fold-sweeps.ts";
import { packedPrefix, unpackChecks } from "./packed-check.ts";
import { readAtOnce } from "./statements.ts";
import type { StoredRow, sweeps } from "./schema.ts";
import type { StoreContext } from "./store-context.ts";
import { ARCHIVED_UNTIL, NEWEST, READ_TIERS, readBoundary, type TiersRow } from "./tiers.ts";

export type SweepRow = StoredRow<typeof sweeps>;

/** Of 1,000 services checked every half minute a sweep is some 10 kB, and a minute more is read to get to a keyframe. */
const SWEEPS_A_PIECE = 50;

/** Looking for one service's name in the text of a sweep costs some 10 µs at 1,000 services. */
const SWEEPS_SEARCHED_A_PIECE = 200;

const HEAD = `at_ms >= max(?1, ${ARCHIVED_UNTIL}) and at_ms < ?2 and at_ms <= ${NEWEST}`;

const SEARCHED = `select min(at_ms) as oldest_ms, count(*) as count
  from (select at_ms from sweeps where ${HEAD} order by at_ms desc limit ?3)`;

// Wanted sweeps and everything back to the keyframe before the oldest of them.
const PIECE = `with page as (
    select at_ms from (select at_ms, checks from sweeps where ${HEAD} order by at_ms desc limit ?3)
    where ?4 is null or instr(checks, ?4) > 0
    order by at_ms desc limit ?5
  )
  select s.at_ms, s.started_at_ms, s.roster_id, s.local_node, s.checks, s.keyframe,
    s.at_ms in (select at_ms from page) as wanted
  from sweeps s
  where s.at_ms <= (select max(at_ms) from page) and s.at_ms >= coalesce(
    (select max(at_ms) from sweeps where keyframe is not null and at_ms <= (select min(at_ms) from page)),
    (select min(at_ms) from page))
  order by s.at_ms`;

export interface HeadPiece {
  /** Newest first, at most as many as the query asks for. */
  readonly moments: readonly ClusterMoment[];
  /** The instant before which sweeps are in the block tier, at the time of reading. */
  readonly boundaryMs: number;
  /** Sweeps from here on have been dealt with. */
  readonly positionMs: number;
  /** There is no sweep before `positionMs` in the head tier. */
  readonly isLast: boolean;
}

interface Searched {
  readonly oldest_ms: number | null;
  readonly count: number;
}

interface PieceRow extends SweepRow {
  readonly wanted: 0 | 1;
}

/** The newest matches, some of them or none: read on from `positionMs` until `isLast`. */
export async function readHeadPiece(context: StoreContext, query: SweepQuery): Promise<HeadPiece> {
  const { db } = context;
  const { sinceMs, beforeMs, serviceId } = query;
  const searchedMost = serviceId === null ? SWEEPS_A_PIECE : SWEEPS_SEARCHED_A_PIECE;
  const prefix = serviceId === null ? null : packedPrefix(serviceId);
  const most = Math.min(query.limit, SWEEPS_A_PIECE);
  await context.pause();
  const [[tier], [searched], rows] = await readAtOnce<[TiersRow, Searched, PieceRow]>(db, [
    db.prepare(READ_TIERS),
    db.prepare(SEARCHED).bind(sinceMs, beforeMs, searchedMost),
    db.prepare(PIECE).bind(sinceMs, beforeMs, searchedMost, prefix, most),
  ]);
  const matches = rows.filter(({ wanted }) => wanted === 1);
  const isFull = matches.length === most;
  return {
    moments: await readMoments(context, rows, serviceId),
    boundaryMs: await readBoundary(context, tier),
    positionMs: (isFull ? matches[0]?.at_ms : searched?.oldest_ms) ?? beforeMs,
    isLast: !isFull && (searched?.count ?? 0) < searchedMost,
  };
}

async function readMoments(
  context: StoreContext,
  rows: readonly PieceRow[],
  serviceId: string | null,
): Promise<ClusterMoment[]> {
  const { before, sweeps } = await unpackRows(context, rows);
  const wanted = sweeps.map((sweep) => ({ ...sweep, wanted: sweep.wanted && holdsCheck(sweep, serviceId) }));
  const contentOf = await context.rosters.load(rows.map(({ roster_id: id }) => id));
  return foldSweeps({ before, sweeps: wanted, contentOf }, context.pause);
}

/** Leaves out what cannot be read; of sweeps before the first state that can be read, nothing can be shown. */
async function unpackRows(
  context: StoreContext,
  rows: readonly PieceRow[],
): Promise<{ before: readonly Check[]; sweeps: StoredSweep[] }> {
  let before: readonly Check[] | null = rows[0]?.keyframe === null ? [] : null;
  const sweeps: StoredSweep[] = [];
  for (const row of rows) {
    const place = { table: "sweeps", key: `at_ms ${row.at_ms}` } as const;
    await context.pause();
    before ??= await context.readable(place, () => readKeyframe(row));
    const sweep = before && (await context.readable(place, () => storedSweep(row)));
    if (sweep) sweeps.push({ ...sweep, wanted: row.wanted === 1 });
  }
  return { before: before ?? [], sweeps };
}

function holdsCheck({ checks }: StoredSweep, serviceId: string | null): boolean {
  return serviceId === null || checks.some((check) => check.serviceId === serviceId);
}

/** Throws when the row is damaged. */
export function storedSweep(row: SweepRow): StoredSweep {
  return {
    atMs: checkInstant(row.at_ms),
    startedAtMs: checkInstant(row.started_at_ms),
    rosterId: row.roster_id,
    localNode: readLocalNode(row.local_node),
    checks: unpackChecks(row.checks, row.at_ms),
    wanted: true,
  };
}

/** The last checks of all services at this sweep; null when it stands in another row. Throws when it is damaged. */
export function readKeyframe({ keyframe, at_ms: atMs }: SweepRow): Check[] | null {
  return keyframe === null ? null : unpackChecks(keyframe, atMs);
}

export const UNKNOWN_LOAD: LocalNode = { cpuPercent: null, memoryPercent: null, diskPercent: null };

/** Throws when it is damaged. */
export function readLocalNode(json: string): LocalNode {
  const { cpuPercent, memoryPercent, diskPercent }: LocalNode = JSON.parse(json);
  checkNumbers([cpuPercent, memoryPercent, diskPercent]);
  return { cpuPercent, memoryPercent, diskPercent };
}
