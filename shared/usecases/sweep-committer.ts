/**
 * Gathers finished checks and commits them, at most once a second, one commit at a time.
 * Fed by the sweep loop; calls commit-sweep. Holds the only copy of checks that are not stored yet.
 * Invariant: a check is committed, or dropped because another process committed first, or still held; never lost in between.
 */
import type { Check } from "../domain/check.ts";
import type { Log } from "../ports/log.ts";
import type { Snapshot } from "../ports/store.ts";
import type { Cluster } from "./cluster.ts";
import { commitSweep, type SweepDependencies } from "./commit-sweep.ts";

const SHORTEST_GAP_MS = 1_000;

/** Checks that end together belong to one sweep; nobody waits noticeably for this. */
const GATHER_MS = 5;

/** About an hour of a hundred services; then the oldest go, because the newest decide. */
const MOST_HELD_CHECKS = 10_000;

export interface CommitterDependencies extends SweepDependencies {
  readonly log: Log;
  /** Called with every new snapshot, before anybody who waits for its checks goes on. */
  onCommit(snapshot: Snapshot): void;
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
    try {
      await this.#store(checks);
      this.#storageFails = false;
    } catch (error) {
      if (!this.#storageFails) log.write("error", "storage failed, checks are held", { error: textOf(error) });
      this.#storageFails = true;
      this.#held = [...checks, ...this.#held].slice(-MOST_HELD_CHECKS);
      this.#wake();
    }
    for (const resolve of waiting) resolve();
  }

  async #store(checks: readonly Check[]): Promise<void> {
    const { log, store, onCommit } = this.#dependencies;
    const cluster = this.#cluster;
    const snapshot = await commitSweep(this.#dependencies, { cluster, previous: this.#snapshot, checks });
    if (snapshot) {
      this.#rosterIsDirty = this.#cluster !== cluster;
      this.#snapshot = snapshot;
      onCommit(snapshot);
      return;
    }
    log.write("warn", "another process committed first, checks are dropped", { checks: checks.length });
    this.#snapshot = await store.readSnapshot();
    if (this.#snapshot) onCommit(this.#snapshot);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
