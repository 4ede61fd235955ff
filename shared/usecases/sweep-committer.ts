/**
 * Gathers finished checks and commits them, at most once a second, one commit at a time.
 * Fed by the sweep loop; calls draft-sweep and the store. Holds the only copy of checks that are not stored yet, and shows
 * them all the same: storage that fails costs history, not sight.
 * Invariant: a check is committed, or dropped because another process committed first, or still held; never lost in between.
 */
import type { Check } from "../domain/check.ts";
import type { Log } from "../ports/log.ts";
import type { Snapshot } from "../ports/store.ts";
import type { Cluster } from "./cluster.ts";
import { draftSweep, type DraftedSweep, type SweepDependencies } from "./draft-sweep.ts";
import { isSameSweep, logTransitions } from "./stored-sweep.ts";

const SHORTEST_GAP_MS = 1_000;

/** Checks that end together belong to one sweep; nobody waits noticeably for this. */
const GATHER_MS = 5;

/** One failed commit is a lock that somebody held for a moment: nothing is lost, and a second later it works. */
const FAILURES_TO_TELL = 2;

/**
 * What has piled up while storage failed goes into sweeps of this size, or of one check a service if those are more: a stored
 * value has at most 2 MB, and the snapshot holds one check a service anyway.
 */
const MOST_CHECKS_A_SWEEP = 500;

const STORAGE_FAULT = "History is not being saved";

/** About an hour of a hundred services; then the oldest go, because the newest decide. */
const MOST_HELD_CHECKS = 10_000;

/**
 * How long the last commit is tried: longer than the lock of a backup or of another commit. What stops before us may have
 * taken 3 s of the 4.5 s after which the process ends anyway.
 */
const END_WITHIN_MS = 1_250;
const END_RETRY_MS = 250;

/** Two processes on one database would otherwise tell it at every sweep. */
const DROPS_TOLD_EVERY_MS = 600_000;

/** Two checks of one cadence are never quite an interval apart. */
const NEARLY_AN_INTERVAL = 0.9;

export interface CommitterDependencies extends SweepDependencies {
  readonly log: Log;
  /** Called with every new snapshot, stored or not, before anybody who waits for its checks goes on. */
  onSnapshot(snapshot: Snapshot): void;
  /** What else is wrong with the monitoring, as sentences for alerts. Default: nothing. */
  faults?(): readonly string[];
}

export class SweepCommitter {
  readonly #dependencies: CommitterDependencies;
  #cluster: Cluster;
  /** The last commit, which the next one is computed from. */
  #snapshot: Snapshot | null = null;
  #shown: Snapshot | null = null;
  #held: Check[] = [];
  #waiting: (() => void)[] = [];
  #lastCommitMs = -Infinity;
  #isWaiting = false;
  #cancelWake = (): void => {};
  #hasEnded = false;
  #running: Promise<void> = Promise.resolve();
  #failures = 0;
  /** Checks dropped since that was last told. */
  #dropped = 0;
  #dropsToldAtMs = -Infinity;
  /** The last fault of the storage that was logged. */
  #told: string | null = null;
  /** The last commit that failed: its answer may be all that was lost. */
  #unanswered: DraftedSweep | null = null;
  #rosterIsDirty = true;

  constructor(dependencies: CommitterDependencies, cluster: Cluster) {
    this.#dependencies = dependencies;
    this.#cluster = cluster;
  }

  /** False from the second failed commit in a row to the next one that works. */
  get storageWorks(): boolean {
    return this.#failures < FAILURES_TO_TELL;
  }

  /** The last snapshot that was shown, stored or not; null before `begin`. */
  get snapshot(): Snapshot | null {
    return this.#shown;
  }

  /**
   * Takes up where the database left off and shows the services of the configuration at once. Rejects when storage cannot be
   * read; what cannot be written is tried again.
   */
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

  /** Commits what is held, at once; storage that fails for a moment is tried again. Nothing is committed after it. */
  async end(): Promise<void> {
    const { clock, log } = this.#dependencies;
    const giveUpAtMs = clock.monotonicMs() + END_WITHIN_MS;
    this.#hasEnded = true;
    this.#cancelWake();
    await this.#running;
    await this.#commit();
    while (this.#held.length > 0 && clock.monotonicMs() < giveUpAtMs) {
      await clock.sleep(END_RETRY_MS);
      await this.#commit();
    }
    if (this.#held.length > 0) log.write("error", "checks could not be stored", { checks: this.#held.length });
  }

  #wake(): void {
    if (this.#isWaiting || this.#hasEnded) return;
    this.#isWaiting = true;
    const { clock } = this.#dependencies;
    const dueInMs = this.#lastCommitMs + SHORTEST_GAP_MS - clock.monotonicMs();
    this.#cancelWake = clock.after(Math.max(dueInMs, GATHER_MS), () => {
      this.#running = this.#running.then(() => this.#commit());
    });
  }

  async #commit(): Promise<void> {
    this.#isWaiting = false;
    if (this.#held.length === 0 && !this.#rosterIsDirty) return;
    const { clock } = this.#dependencies;
    const waiting = this.#waiting.splice(0);
    // A change of the roster alone is shown at once and delays no sweep.
    if (this.#held.length > 0) this.#lastCommitMs = clock.monotonicMs();
    try {
      await this.#settleUnanswered();
      await this.#storeHeld();
      this.#succeed();
    } catch (error) {
      this.#fail(error);
    }
    for (const resolve of waiting) resolve();
  }

  /** A commit that failed may have taken effect all the same: then its checks are stored, and no other process was first. */
  async #settleUnanswered(): Promise<void> {
    const unanswered = this.#unanswered;
    if (!unanswered) return;
    const stored = await this.#dependencies.store.readSnapshot();
    this.#unanswered = null;
    if (!isSameSweep(stored, unanswered)) return;
    const done = new Set(unanswered.commit.checks);
    this.#held = this.#held.filter((check) => !done.has(check));
    this.#accept(unanswered);
  }

  async #storeHeld(): Promise<void> {
    while (this.#held.length > 0 || this.#rosterIsDirty) {
      const checks = this.#held.splice(0, Math.max(MOST_CHECKS_A_SWEEP, this.#cluster.services.length));
      const draft = this.#draft(checks, this.#ownFaults());
      try {
        await this.#store(draft);
      } catch (error) {
        this.#unanswered = draft;
        this.#held = [...checks, ...this.#held].slice(-MOST_HELD_CHECKS);
        throw error;
      }
    }
  }

  #succeed(): void {
    if (!this.storageWorks) this.#dependencies.log.write("info", "storage works again");
    this.#failures = 0;
    this.#told = null;
  }

  /** Shows what is held all the same, and tries again in a second. */
  #fail(error: unknown): void {
    const { clock, log } = this.#dependencies;
    this.#failures += 1;
    if (this.#failures >= FAILURES_TO_TELL && this.#told !== textOf(error)) {
      this.#told = textOf(error);
      log.write("error", "storage failed, checks are held", { error: this.#told });
    }
    const faults = this.storageWorks ? [] : [STORAGE_FAULT];
    this.#show(this.#draft(this.#held, [...faults, ...this.#ownFaults()]).snapshot);
    this.#lastCommitMs = clock.monotonicMs();
    this.#wake();
  }

  #show(snapshot: Snapshot): void {
    this.#shown = snapshot;
    this.#dependencies.onSnapshot(snapshot);
  }

  #ownFaults(): readonly string[] {
    return this.#dependencies.faults?.() ?? [];
  }

  #draft(checks: readonly Check[], faults: readonly string[]): DraftedSweep {
    const previous = this.#snapshot;
    return draftSweep(this.#dependencies, { cluster: this.#cluster, previous, checks, faults });
  }

  async #store(draft: DraftedSweep): Promise<void> {
    const { store } = this.#dependencies;
    if ((await store.commitSweep(draft.commit)) === "committed") {
      this.#accept(draft);
      return;
    }
    const stored = await store.readSnapshot();
    this.#snapshot = stored;
    if (stored) this.#show(stored);
    const missing = draft.commit.checks.filter((check) => this.#isMissingIn(stored, check));
    this.#held = [...missing, ...this.#held];
    this.#tellDropped(draft.commit.checks.length - missing.length);
    // Otherwise a process whose roster is new would try for ever; the next sweep shows it.
    if (draft.commit.checks.length === 0) this.#rosterIsDirty = false;
  }

  /** The other process checks what we check; what it has not checked for an interval it will not check any more. */
  #isMissingIn(stored: Snapshot | null, { serviceId, checkedAtMs }: Check): boolean {
    const service = this.#cluster.services.find(({ id }) => id === serviceId);
    const last = stored?.moment.checks.get(serviceId);
    if (!service || !last) return service !== undefined;
    return checkedAtMs - last.checkedAtMs > service.intervalMs * NEARLY_AN_INTERVAL;
  }

  #tellDropped(checks: number): void {
    if (checks === 0) return;
    const { clock, log } = this.#dependencies;
    this.#dropped += checks;
    if (clock.monotonicMs() < this.#dropsToldAtMs + DROPS_TOLD_EVERY_MS) return;
    log.write("warn", "another process committed first, checks are dropped", { checks: this.#dropped });
    this.#dropsToldAtMs = clock.monotonicMs();
    this.#dropped = 0;
  }

  #accept({ commit, snapshot }: DraftedSweep): void {
    this.#rosterIsDirty = this.#cluster.roster !== commit.moment.roster;
    this.#snapshot = snapshot;
    this.#show(snapshot);
    logTransitions(this.#dependencies.log, commit.transitions);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
