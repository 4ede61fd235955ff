/**
 * Finds what those hear who wait. Made once a monitor; `GET /wait` asks.
 * Those who are woken by the same commit share one look, and those who ask about the same service what its past says: a thousand who
 * wait cost little more than one.
 * Invariants: a look that is shared began after the commit that woke those who share it; who was woken by nothing looks alone, and sees
 * what another process has committed; nothing is shared at the edge, where each version is another one.
 */
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import { endpointsFor } from "../../shared/domain/routing/endpoint.ts";
import { formatOptional } from "../../shared/domain/text/timestamp.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import { readLastTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import { presentOf } from "../routing/read-ranking.ts";
import { SharedRankings } from "../routing/shared-rankings.ts";
import type { Outlook, Outlooks, Subject } from "./outlook.ts";
import { SharedByVersion } from "./shared-by-version.ts";

/** Transitions of a service that an estimate is made of: some fifty outages. */
const MOST_EVIDENCE = 200;

type Uses = Pick<MonitorContext, "db" | "tell" | "clock" | "snapshots" | "boards" | "commits" | "cluster">;

/** But for the generation. */
type Found = Omit<Outlook, "generation">;

export class SharedOutlooks implements Outlooks {
  readonly #uses: Uses;
  readonly #looks: SharedByVersion<Outlook>;
  readonly #pasts: SharedByVersion<readonly Transition[]>;
  readonly #rankings = new SharedRankings();

  constructor(uses: Uses) {
    this.#uses = uses;
    this.#looks = new SharedByVersion(uses.commits);
    this.#pasts = new SharedByVersion(uses.commits);
  }

  async look(subject: Subject): Promise<Outlook> {
    const snapshot = await this.#uses.snapshots.read();
    return { ...this.#find(snapshot, subject), generation: snapshot?.generation ?? 0 };
  }

  lookWoken(subject: Subject): Promise<Outlook> {
    return this.#looks.of(Object.values(subject).join(" "), () => this.look(subject));
  }

  isMet(snapshot: Snapshot, subject: Subject): boolean {
    return this.#find(snapshot, subject).met;
  }

  pastOf(serviceId: string, { generation }: Outlook): Promise<readonly Transition[]> {
    return this.#pasts.of(`${generation} ${serviceId}`, () =>
      readLastTransitions(this.#uses, serviceId, MOST_EVIDENCE),
    );
  }

  #find(snapshot: Snapshot | null, subject: Subject): Found {
    const { boards, clock } = this.#uses;
    const board = boards.of(snapshot, clock.nowMs());
    if (subject.kind === "capability") return this.#findCapability(subject.id, board, snapshot);
    return subject.kind === "service" ? serviceOutlook(board, subject.id) : clusterOutlook(board);
  }

  #findCapability(capability: string, board: StatusBoard, snapshot: Snapshot | null): Found {
    const cluster = this.#uses.cluster();
    const endpoints = endpointsFor(capability, cluster.routes);
    if (!endpoints) return { met: false, inTheWay: [], state: stateOf(board, undefined) };
    const { candidates, isFailOpen } = this.#rankings.of(capability, { board, cluster }, () =>
      presentOf(snapshot, this.#uses),
    );
    const [best] = candidates;
    const met = best !== undefined && !isFailOpen;
    return {
      met,
      inTheWay: met ? [] : endpoints.map(({ id }) => id),
      state: stateOf(board, best?.endpoint.id),
    };
  }
}

function clusterOutlook({ overall: status, overallSinceMs, inTheWay }: StatusBoard): Found {
  const state = { status, reason: null, message: null, since: formatOptional(overallSinceMs) };
  return { met: status === "healthy", inTheWay, state };
}

function serviceOutlook(board: StatusBoard, id: string): Found {
  const state = stateOf(board, id);
  const met = state.status === "healthy";
  return { met, inTheWay: met ? [] : [id], state };
}

function stateOf({ services }: StatusBoard, id: string | undefined): Outlook["state"] {
  const { sinceMs, ...own } = services.get(id ?? "") ?? NO_STATE;
  return { ...own, since: formatOptional(sinceMs) };
}

/** Of a service that was configured a moment ago. */
const NO_STATE = { status: "unknown", reason: null, message: null, sinceMs: null } as const;
