/**
 * Reading the block tier: sweeps of finished hours, with their checks from the hour's sample blocks.
 * Called by d1-store.ts. Invariant: gives what the head tier gave for the same sweeps, except timings; what is damaged in an
 * hour is left out and costs nothing else.
 */
import type { Check } from "../domain/monitoring/check.ts";
import type { ClusterMoment } from "../domain/monitoring/cluster-state.ts";
import { startOfHour } from "../domain/history/hour-block.ts";
import type { HeadHour, SweepQuery } from "../ports/store.ts";
import type { BlobColumn } from "./blob-column.ts";
import { foldSweeps } from "./fold-sweeps.ts";
import { decodeSamples, withDetails, type SampleBlockRow, type SampleColumns } from "./sample-block.ts";
import type { StoreContext } from "./store-context.ts";
import { decodeSweeps, type ArchivedSweep } from "./sweep-block.ts";

const SAMPLE_COLUMNS = "hour_ms, first_ms, step_ms, gaps, response_times, verdicts";

/** A block with its details is some 3 kB, and the blocks of an hour lie apart. */
const BLOCKS_A_PIECE = 20;

interface HourQuery {
  readonly hourMs: number;
  readonly query: SweepQuery;
}

type BlockRow = Pick<SampleBlockRow, keyof SampleColumns | "service_id" | "details">;

/** Sweeps of finished hours, newest first; `query.beforeMs` must not be after the archive boundary. */
export async function archivedMoments(context: StoreContext, query: SweepQuery): Promise<ClusterMoment[]> {
  const moments: ClusterMoment[] = [];
  let beforeMs = query.beforeMs;
  while (moments.length < query.limit) {
    await context.pause();
    const hourMs = await newestHour(context, query, beforeMs);
    if (hourMs === null) break;
    const rest = { ...query, beforeMs, limit: query.limit - moments.length };
    moments.push(...(await hourMoments(context, { hourMs, query: rest })));
    beforeMs = hourMs;
  }
  return moments;
}

/** The newest hour before `beforeMs` that can hold wanted sweeps; asks the service's own blocks when one is wanted. */
async function newestHour(
  { db }: StoreContext,
  { sinceMs, serviceId }: SweepQuery,
  beforeMs: number,
): Promise<number | null> {
  const [table, filter] = serviceId === null ? ["hour_sweeps", "?3 is null"] : ["hour_blocks", "service_id = ?3"];
  const row = await db
    .prepare(
      `select hour_ms from ${table} where ${filter} and hour_ms >= ?1 and hour_ms < ?2 order by hour_ms desc limit 1`,
    )
    .bind(startOfHour(sinceMs), beforeMs, serviceId)
    .first<{ hour_ms: number }>();
  return row?.hour_ms ?? null;
}

/** A finished hour as the head tier held it; null when nothing of it has been archived, or can be read. */
export async function archivedHour(
  context: StoreContext,
  hourMs: number,
): Promise<Pick<HeadHour, "keyframe" | "sweeps"> | null> {
  const hour = await readHour(context, hourMs);
  if (!hour) return null;
  const { contentOf, serviceIds } = await rostersOf(context, hour.sweeps);
  const page = new PageChecks(hour.sweeps, 0, hour.sweeps.length - 1);
  await eachBlock(context, { hourMs, serviceIds }, (samples) => page.add(samples));
  const sweeps = hour.sweeps.map(({ rosterId, ...sweep }, index) => {
    return { moment: { ...contentOf(rosterId), ...sweep, faults: [] }, checks: page.made[index] ?? [] };
  });
  return { keyframe: hour.keyframe, sweeps };
}

async function readHour({ db, readable }: StoreContext, hourMs: number) {
  const row = await db.prepare("select payload from hour_sweeps where hour_ms = ?").bind(hourMs).first<{
    payload: BlobColumn;
  }>();
  const place = { table: "hour_sweeps", key: `hour_ms ${hourMs}` } as const;
  return row && readable(place, () => decodeSweeps(hourMs, row.payload));
}

async function rostersOf({ rosters }: StoreContext, sweeps: readonly ArchivedSweep[]) {
  const rosterIds = new Set(sweeps.map(({ rosterId }) => rosterId));
  const contentOf = await rosters.load(rosterIds);
  const serviceIds = new Set([...rosterIds].flatMap((rosterId) => contentOf(rosterId).roster.map(({ id }) => id)));
  return { contentOf, serviceIds: [...serviceIds] };
}

async function hourMoments(context: StoreContext, { hourMs, query }: HourQuery): Promise<ClusterMoment[]> {
  const hour = await readHour(context, hourMs);
  if (!hour) return [];
  const wanted = await wantedSweeps(context, hour.sweeps, { hourMs, query });
  const first = wanted.indexOf(true);
  if (first < 0) return [];
  const { contentOf, serviceIds } = await rostersOf(context, hour.sweeps);
  const page = new PageChecks(hour.sweeps, first, wanted.lastIndexOf(true));
  await eachBlock(context, { hourMs, serviceIds }, (samples) => page.add(samples));
  const sweeps = hour.sweeps.slice(first, first + page.made.length).map((sweep, index) => {
    return { ...sweep, checks: page.made[index] ?? [], wanted: wanted[first + index] === true };
  });
  return foldSweeps({ before: [...hour.keyframe, ...page.before], sweeps, contentOf }, context.pause);
}

/** For each sweep of the hour whether it belongs to the page: the newest `limit` that the query asks for. */
async function wantedSweeps(
  context: StoreContext,
  sweeps: readonly ArchivedSweep[],
  { hourMs, query }: HourQuery,
): Promise<boolean[]> {
  const { sinceMs, beforeMs, limit, serviceId } = query;
  const own = new Set<number>();
  if (serviceId !== null) {
    await eachBlock(context, { hourMs, serviceIds: [serviceId] }, (samples) => {
      for (const { checkedAtMs } of samples) own.add(findSweep(sweeps, checkedAtMs));
    });
  }
  let remaining = limit;
  const newestFirst = sweeps.toReversed().map(({ atMs }, fromEnd) => {
    const isOwn = serviceId === null || own.has(sweeps.length - 1 - fromEnd);
    const isWanted = isOwn && atMs >= sinceMs && atMs < beforeMs && remaining > 0;
    if (isWanted) remaining -= 1;
    return isWanted;
  });
  return newestFirst.reverse();
}

/** Calls `visit` with the samples of each block that can be read, a few blocks at a time. */
async function eachBlock(
  context: StoreContext,
  { hourMs, serviceIds }: { hourMs: number; serviceIds: readonly string[] },
  visit: (samples: readonly Check[]) => void,
): Promise<void> {
  const query = context.db.prepare(
    `select service_id, ${SAMPLE_COLUMNS}, details from hour_blocks
     where hour_ms = ? and service_id in (select value from json_each(?))`,
  );
  for (let start = 0; start < serviceIds.length; start += BLOCKS_A_PIECE) {
    await context.pause();
    const ids = JSON.stringify(serviceIds.slice(start, start + BLOCKS_A_PIECE));
    const { results } = await query.bind(hourMs, ids).all<BlockRow>();
    const blocks = await Promise.all(results.map((row) => readBlock(context, row)));
    for (const samples of blocks) visit(samples ?? []);
  }
}

function readBlock(context: StoreContext, row: BlockRow): Promise<Check[] | null> {
  const { service_id: serviceId, hour_ms: hourMs, details } = row;
  return context.readable({ table: "hour_blocks", key: `service_id ${serviceId}, hour_ms ${hourMs}` }, async () => {
    await context.pause();
    return withDetails(decodeSamples(serviceId, row), details);
  });
}

/** The checks of an hour that a page of its sweeps needs: those made in them, and of the time before the last ones only. */
class PageChecks {
  readonly before: Check[] = [];
  /** For each sweep of the page the checks made in it. */
  readonly made: Check[][];
  readonly #sweeps: readonly ArchivedSweep[];
  readonly #first: number;

  constructor(sweeps: readonly ArchivedSweep[], first: number, last: number) {
    this.#sweeps = sweeps;
    this.#first = first;
    this.made = Array.from({ length: last - first + 1 }, () => []);
  }

  /** @param samples of one service, oldest first */
  add(samples: readonly Check[]): void {
    let lastBefore: Check | null = null;
    for (const check of samples) {
      const index = findSweep(this.#sweeps, check.checkedAtMs) - this.#first;
      if (index < 0) lastBefore = check;
      else this.made[index]?.push(check);
    }
    if (lastBefore) this.before.push(lastBefore);
  }
}

/** A check belongs to the first sweep that was committed when it had ended, or to the last one. */
function findSweep(sweeps: readonly ArchivedSweep[], checkedAtMs: number): number {
  let low = 0;
  let high = sweeps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sweeps[middle]?.atMs ?? 0) >= checkedAtMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
