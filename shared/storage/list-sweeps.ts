/**
 * A page of sweeps over both tiers, newest first.
 * Called by d1-store.ts. Invariant: whatever cleanup moves meanwhile, no sweep is missed or seen twice: a piece of the head is
 * read together with the boundary, and the blocks are read from where the head ended.
 */
import type { ClusterMoment } from "../domain/monitoring/cluster-state.ts";
import type { SweepQuery } from "../ports/store.ts";
import { archivedMoments } from "./read-blocks.ts";
import { readHeadPiece } from "./read-head.ts";
import type { StoreContext } from "./store-context.ts";

export async function listSweeps(context: StoreContext, query: SweepQuery): Promise<ClusterMoment[]> {
  const found: ClusterMoment[] = [];
  let beforeMs = query.beforeMs;
  for (;;) {
    const piece = await readHeadPiece(context, { ...query, beforeMs, limit: query.limit - found.length });
    found.push(...piece.moments);
    const limit = query.limit - found.length;
    if (limit === 0 || (piece.isLast && query.sinceMs >= piece.boundaryMs)) return found;
    beforeMs = piece.positionMs;
    if (!piece.isLast) continue;
    const archived = { ...query, beforeMs: Math.min(beforeMs, piece.boundaryMs), limit };
    return [...found, ...(await archivedMoments(context, archived))];
  }
}
