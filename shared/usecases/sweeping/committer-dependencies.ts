/**
 * What the committer needs: where it stores, and whom it tells. Given by the probe loop and the probe rounds.
 * Invariant: where nobody is told, everything is stored all the same.
 */
import type { Log } from "../../ports/log.ts";
import type { Snapshot, Store } from "../../ports/store.ts";
import type { SweepDependencies } from "./draft-sweep.ts";
import type { News } from "./news.ts";

export interface CommitterDependencies extends SweepDependencies {
  readonly store: Pick<Store, "readSnapshot" | "commitSweep">;
  readonly log: Log;
  /** 0 ≤ result < 1. */
  random(): number;
  /** Called with every new snapshot, stored or not, before anybody who waits for its checks goes on. Default: nobody looks. */
  onSnapshot?(snapshot: Snapshot): void;
  /** Called when there is something to tell, or not any more. Default: nobody is told. */
  onNews?(news: News): void;
  /** What else is wrong with the monitoring, as sentences for alerts. Default: nothing. */
  faults?(): readonly string[];
}
