/**
 * Rankings of all that a capability has, for thousands who ask of one commit whether somebody may be called. Made once a monitor;
 * functions/live/shared-outlooks.ts asks.
 * Invariant: one ranking for each board and configuration; another commit, what has become stale and a reload make another one.
 */
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import { ANY, type Ranking } from "../../shared/domain/routing/rank.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import { rankNow, type Present } from "./read-ranking.ts";

interface Shared {
  readonly cluster: Cluster;
  readonly board: StatusBoard;
  readonly rankings: Map<string, Ranking>;
}

export class SharedRankings {
  #last: Shared | null = null;

  /** `present` of the same commit and instant as the board, where it is needed. */
  of(capability: string, { board, cluster }: Omit<Shared, "rankings">, present: () => Present): Ranking {
    if (this.#last?.board !== board || this.#last.cluster !== cluster)
      this.#last = { cluster, board, rankings: new Map() };
    const { rankings } = this.#last;
    const ranking = rankings.get(capability) ?? rankNow(capability, ANY, present());
    rankings.set(capability, ranking);
    return ranking;
  }
}
