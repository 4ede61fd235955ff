/**
 * What each service and the cluster are at an instant, for whoever waits for a change or is told of it.
 * Pure but for the last board, which is kept: thousands ask for the same one. Knows no HTTP.
 * Invariant: a board tells what `/cluster_health` tells at that instant; what has become stale is unknown.
 */
import type { CheckStatus, Reason } from "./check.ts";
import { findVotes, isStale, staleAtMs, unknownObservation, type ClusterMoment } from "./cluster-state.ts";
import { decidingVotes, overallStatus, type OverallStatus } from "./cluster-status.ts";
import { evidenceEndsAtMs, overallSinceAt, type StatusSince } from "./status-since.ts";

export interface ServiceState {
  readonly status: CheckStatus;
  readonly reason: Reason | null;
  readonly message: string | null;
  /** Since when it has the status, epoch ms; null: it was never checked. */
  readonly sinceMs: number | null;
}

export interface StatusBoard {
  /** Of the commit that it tells about, epoch ms. */
  readonly atMs: number;
  readonly overall: OverallStatus;
  readonly overallSinceMs: number | null;
  /** By service id, in the order of the configuration. */
  readonly services: ReadonlyMap<string, ServiceState>;
  /** Ids of the services that keep the overall status from being healthy. */
  readonly inTheWay: readonly string[];
  /** From this instant on (epoch ms) it no longer tells the truth; Infinity when it cannot become untrue. */
  readonly staleAtMs: number;
}

const NO_BOARD: StatusBoard = {
  atMs: 0,
  overall: "unknown",
  overallSinceMs: null,
  services: new Map(),
  inTheWay: [],
  staleAtMs: Infinity,
};

/** Of a snapshot. */
interface Committed {
  readonly moment: ClusterMoment;
  readonly since: StatusSince;
}

export class StatusBoards {
  #last: { readonly moment: ClusterMoment; readonly board: StatusBoard } | null = null;

  /** As it looks at `nowMs`; null: nothing has been committed yet. */
  of(committed: Committed | null, nowMs: number): StatusBoard {
    if (!committed) return NO_BOARD;
    const { moment } = committed;
    if (this.#last?.moment === moment && nowMs < this.#last.board.staleAtMs) return this.#last.board;
    const board = makeBoard(committed, nowMs);
    this.#last = { moment, board };
    return board;
  }
}

function makeBoard({ moment, since }: Committed, nowMs: number): StatusBoard {
  const services = new Map(
    moment.roster.map((entry) => {
      const check = moment.checks.get(entry.id);
      const isFresh = check && !isStale(check, entry, nowMs);
      const { status, reason, message } = isFresh ? check : unknownObservation(check);
      const sinceMs = check && !isFresh ? evidenceEndsAtMs(check, entry.staleAfterMs) : since.services.get(entry.id);
      return [entry.id, { status, reason, message, sinceMs: sinceMs ?? null }] as const;
    }),
  );
  const votes = findVotes(moment, nowMs);
  return {
    atMs: moment.atMs,
    overall: overallStatus(votes, moment.degradedThresholdPercent),
    overallSinceMs: overallSinceAt(since, moment, nowMs),
    services,
    inTheWay: decidingVotes(votes)
      .filter(({ status }) => status !== "healthy")
      .map(({ id }) => id),
    staleAtMs: staleAtMs({ ...moment, atMs: nowMs }),
  };
}
