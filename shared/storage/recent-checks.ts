/**
 * The checks of all services that were committed lately, piece by piece: of the head tier, which holds the last hour at least.
 * Called by recent-samples.ts and by the page. Invariant: of a damaged sweep there is none; whoever shows or archives it tells.
 */
import type { D1Database } from "@cloudflare/workers-types";
import type { Check } from "../domain/monitoring/check.ts";
import { unpackChecks } from "./packed-check.ts";
import type { SweepRow } from "./read-head.ts";

type ChecksRow = Pick<SweepRow, "at_ms" | "checks">;

/** An hour at the edge; of 1,000 services on Node some 300 kB. */
const SWEEPS_A_PIECE = 100;

const PIECE = `select at_ms, checks from sweeps where at_ms >= ?1 and at_ms < ?2 order by at_ms limit ${SWEEPS_A_PIECE}`;

/** Of the sweeps from `sinceMs` (epoch ms) on, before `untilMs`. */
export async function* recentChecks(
  db: D1Database,
  sinceMs: number,
  untilMs: number,
): AsyncGenerator<readonly Check[], void> {
  for (let fromMs = sinceMs; ;) {
    const { results } = await db.prepare(PIECE).bind(fromMs, untilMs).all<ChecksRow>();
    yield results.flatMap(readChecks);
    const last = results.at(-1);
    if (results.length < SWEEPS_A_PIECE || !last) return;
    fromMs = last.at_ms + 1;
  }
}

export function readChecks({ at_ms: atMs, checks }: ChecksRow): Check[] {
  try {
    return unpackChecks(checks, atMs);
  } catch {
    return [];
  }
}
