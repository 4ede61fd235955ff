/**
 * Finds what those hear who wait. Made once a monitor; `GET /wait` asks.
 * Those who are woken by the same commit share one look, and those who ask about the same service what its past says: a thousand who
 * wait cost little more than one.
 * Invariants: a look that is shared began after the commit that woke those who share it; who was woken by nothing looks alone, and sees
 * what another process has committed; nothing is shared at the edge, where each version is another one.
 */
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import { formatOptional } from "../../shared/domain/text/timestamp.ts";
import { readLastTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import { isMet, type Outlook, type Outlooks, type Subject } from "./outlook.ts";
import { SharedByVersion } from "./shared-by-version.ts";

/** Transitions of a service that an estimate is made of: some fifty outages. */
const MOST_EVIDENCE = 200;

type Uses = Pick<MonitorContext, "db" | "tell" | "clock" | "snapshots" | "boards" | "commits">;

export class SharedOutlooks implements Outlooks {
  readonly #uses: Uses;
  readonly #looks: SharedByVersion<Outlook>;
  readonly #pasts: SharedByVersion<readonly Transition[]>;

  constructor(uses: Uses) {
    this.#uses = uses;
    this.#looks = new SharedByVersion(uses.commits);
    this.#pasts = new SharedByVersion(uses.commits);
  }

  async look(subject: Subject): Promise<Outlook> {
    const { snapshots, boards, clock } = this.#uses;
    const snapshot = await snapshots.read();
    return outlookOf(boards.of(snapshot, clock.nowMs()), subject, snapshot?.generation ?? 0);
  }

  lookWoken(subject: Subject): Promise<Outlook> {
    return this.#looks.of(subject ?? "", () => this.look(subject));
  }

  pastOf(serviceId: string, { generation }: Outlook): Promise<readonly Transition[]> {
    return this.#pasts.of(`${generation} ${serviceId}`, () =>
      readLastTransitions(this.#uses, serviceId, MOST_EVIDENCE),
    );
  }
}

function outlookOf(board: StatusBoard, subject: Subject, generation: number): Outlook {
  const met = isMet(board, subject);
  const { overall: status, overallSinceMs, inTheWay } = board;
  if (subject === null) {
    const state = { status, reason: null, message: null, since: formatOptional(overallSinceMs) };
    return { met, generation, inTheWay, state };
  }
  const { sinceMs, ...own } = board.services.get(subject) ?? NO_STATE;
  return { met, generation, inTheWay: met ? [] : [subject], state: { ...own, since: formatOptional(sinceMs) } };
}

/** Of a service that was configured a moment ago. */
const NO_STATE = { status: "unknown", reason: null, message: null, sinceMs: null } as const;
