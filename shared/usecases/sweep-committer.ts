/**
 * Gathers finished checks and commits them, at most once a second, one commit at a time.
 * Fed by the sweep loop; calls draft-sweep and the store. Holds the only copy of checks that are not stored yet, and shows
 * them all the same: storage that fails costs history, not sight.
 * Invariant: a check is committed, or dropped because another process committed first, or still held; never lost in between.
 */
import type { Check } from "../domain/check.ts";
import type { Log } from "../ports/log.ts";
import type { Snapshot } from "../ports/store.ts";
import type { Transition } from "../domain/transition.ts";
import type { Cluster } from "./cluster.ts";
import { draftSweep, type DraftedSweep, type SweepDependencies } from "./draft-sweep.ts";

const SHORTEST_GAP_MS = 1_000;

/** Checks that end together belong to one sweep; nobody waits noticeably for this. */
const GATHER_MS = 5;

const STORAGE_FAULT = "History is not being saved";

/** About an hour of a hundred services; then the oldest go, because the newest decide. */
const MOST_HELD_CHECKS = 10_000;

export interface CommitterDependencies extends SweepDependencies {
  readonly log: Log;
  /** Called with every new snapshot, stored or not, before anybody who waits for its checks goes on. */
  onSnapshot(snapshot: Snapshot): void;
}

export class SweepCommitter {
  readonly #dependencies: CommitterDependencies;
  #cluster: Cluster;
  #snapshot: Snapshot | null = null;
  #held: Check[] = [];
  #waiting: (() => void)[] = [];
  #lastCommitMs = -Infinity;
  #isWaiting = false;
  #running: Promise<void> = Promise.resolve();
  #storageFails = false;
  #rosterIsDirty = true;

  constructor(dependencies: CommitterDependencies, cluster: Cluster) {
    this.#dependencies = dependencies;
    this.#cluster = cluster;
  }

  /** False from a failed commit to the next one that works. */
  get storageWorks(): boolean {
    return !this.#storageFails;
  }

  /** The last snapshot this process committed or read; null before `begin`. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** Takes up where the database left off and shows the services of the configuration at once. Rejects when storage fails. */
  async begin(): Promise<void> {
    this.#snapshot = await this.#dependencies.store.readSnapshot();
    this.#running = this.#commit();
    await this.#running;
  }

  /** From the next commit on, services are those of `cluster`; commits soon even without a check. */
  replaceCluster(cluster: Cluster): void {
    this.#cluster = cluster;
    this.#rosterIsDirty = true;
    this.#wake();
  }

  /** Hands over a finished check; resolves when a commit of it has been tried. Never rejects. */
  add(check: Check): Promise<void> {
    this.#held.push(check);
    if (this.#held.length > MOST_HELD_CHECKS) this.#held.shift();
    const done = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#wake();
    return done;
  }

  /** Commits what is held, at once. */
  async flush(): Promise<void> {
    await this.#running;
    this.#running = this.#commit();
    await this.#running;
  }

  #wake(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    const { clock } = this.#dependencies;
    const dueInMs = this.#lastCommitMs + SHORTEST_GAP_MS - clock.monotonicMs();
    clock.after(Math.max(dueInMs, GATHER_MS), () => {
      this.#running = this.#running.then(() => this.#commit());
    });
  }

  async #commit(): Promise<void> {
    this.#isWaiting = false;
    if (this.#held.length === 0 && !this.#rosterIsDirty) return;
    const { clock, log } = this.#dependencies;
    const checks = this.#held;
    const waiting = this.#waiting;
    this.#held = [];
    this.#waiting = [];
    // A change of the roster alone is shown at once and delays no sweep.
    if (checks.length > 0) this.#lastCommitMs = clock.monotonicMs();
    const draft = this.#draft(checks, []);
    try {
      await this.#store(draft);
      this.#storageFails = false;
    } catch (error) {
      if (!this.#storageFails) log.write("error", "storage failed, checks are held", { error: textOf(error) });
      this.#storageFails = true;
      this.#held = [...checks, ...this.#held].slice(-MOST_HELD_CHECKS);
      this.#dependencies.onSnapshot(this.#draft(checks, [STORAGE_FAULT]).snapshot);
      this.#wake();
    }
    for (const resolve of waiting) resolve();
  }

  #draft(checks: readonly Check[], faults: readonly string[]): DraftedSweep {
    const previous = this.#snapshot;
    return draftSweep(this.#dependencies, { cluster: this.#cluster, previous, checks, faults });
  }

  async #store({ commit, snapshot }: DraftedSweep): Promise<void> {
    const { log, store, onSnapshot } = this.#dependencies;
    if ((await store.commitSweep(commit)) === "committed") {
      this.#rosterIsDirty = this.#cluster.roster !== commit.moment.roster;
      this.#snapshot = snapshot;
      onSnapshot(snapshot);
      logTransitions(log, commit.transitions);
      return;
    }
    log.write("warn", "another process committed first, checks are dropped", { checks: commit.checks.length });
    this.#snapshot = await store.readSnapshot();
    if (this.#snapshot) onSnapshot(this.#snapshot);
  }
}

/** What people look into the log for. Our own absence (`stale`) and its end are no news about a service. */
function logTransitions(log: Log, transitions: readonly Transition[]): void {
  for (const { serviceId, from, to, reason, message } of transitions) {
    const isNews = reason !== "stale" && !(from === "unknown" && to === "healthy");
    const level = !isNews ? "debug" : to === "healthy" ? "info" : "warn";
    log.write(level, `service is ${to}`, { service: serviceId, from, ...(reason && { reason, error: message }) });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
