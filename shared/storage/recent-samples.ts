/**
 * The samples of the head tier once more, by service: a sweep holds the checks of all services, and looking through two hours
 * of them for one service takes hundreds of milliseconds at 1,000 services. Cleanup writes a piece every few minutes.
 * Called by d1-store.ts. Invariant: a piece counts only from the moment on at which the boundary `sampled_until_ms` passes it,
 * and holds every check of its sweeps; so it may be written again after a crash.
 */
import type { D1Database } from "@cloudflare/workers-types";
import { HOUR_MS, startOfHour } from "../domain/history/hour-block.ts";
import { readChecks } from "./recent-checks.ts";
import type { SweepRow } from "./read-head.ts";
import { toHex } from "./blob-column.ts";
import { encodeSamples } from "./sample-block.ts";
import { NEWEST, SAMPLED_UNTIL } from "./tiers.ts";

/** A piece never reaches into the next hour, as hours are archived and dropped as a whole. */
const LONGEST_PIECE_MS = 300_000;
/** However often cleanup runs, an hour has no more than 60 pieces. */
const SHORTEST_PIECE_MS = 60_000;

/** Short write transactions: on Node the sweep's commit waits, on the main thread, for the one in progress. */
const ROWS_A_BATCH = 200;

const PUT_PIECE = `insert or replace into recent_samples (from_ms, service_id, first_ms, step_ms, gaps, response_times, verdicts)
  select ?1, json_extract(value, '$.id'), json_extract(value, '$.first_ms'), json_extract(value, '$.step_ms'),
    unhex(json_extract(value, '$.gaps')), unhex(json_extract(value, '$.response_times')), json_extract(value, '$.verdicts')
  from json_each(?2)`;

/** Writes the next piece. False when there are not enough new sweeps for one. */
export async function addRecentSamples(db: D1Database): Promise<boolean> {
  const bounds = await db
    .prepare(
      `select min(at_ms) as from_ms, max(at_ms) as newest_ms from sweeps where at_ms between ${SAMPLED_UNTIL} and ${NEWEST}`,
    )
    .first<{ from_ms: number | null; newest_ms: number | null }>();
  if (bounds?.from_ms == null || bounds.newest_ms === null) return false;
  const { from_ms: fromMs, newest_ms: newestMs } = bounds;
  const longestMs = Math.min(fromMs + LONGEST_PIECE_MS, startOfHour(fromMs) + HOUR_MS);
  const untilMs = Math.min(longestMs, newestMs + 1);
  if (untilMs < longestMs && untilMs - fromMs < SHORTEST_PIECE_MS) return false;
  await writePiece(db, fromMs, untilMs);
  return true;
}

async function writePiece(db: D1Database, fromMs: number, untilMs: number): Promise<void> {
  const { results } = await db
    .prepare("select at_ms, checks from sweeps where at_ms >= ? and at_ms < ?")
    .bind(fromMs, untilMs)
    .all<Pick<SweepRow, "at_ms" | "checks">>();
  const byService = Map.groupBy(results.flatMap(readChecks), ({ serviceId }) => serviceId);
  const rows = [...byService].map(([id, checks]) => {
    const byTime = checks.toSorted((left, right) => left.checkedAtMs - right.checkedAtMs);
    const columns = encodeSamples(byTime, fromMs);
    return { id, ...columns, gaps: toHex(columns.gaps), response_times: toHex(columns.response_times) };
  });
  for (let start = 0; start < rows.length; start += ROWS_A_BATCH) {
    const values = JSON.stringify(rows.slice(start, start + ROWS_A_BATCH));
    await db.prepare(PUT_PIECE).bind(fromMs, values).run();
  }
  await db.prepare(`update tiers set sampled_until_ms = max(${SAMPLED_UNTIL}, ?) where id = 1`).bind(untilMs).run();
}
