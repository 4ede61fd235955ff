/**
 * Gathers finished checks and commits them, at most once a second, one commit at a time.
 * Fed by the sweep loop; calls draft-sweep and the store. Holds the only copy of checks that are not stored yet, and shows
 * them all the same: storage that fails costs history, not sight.
 * Invariants: a check is committed, or dropped because another process committed first, or still held; never lost in between.
 * The same for what alerting decides: from the second failed commit on it is handed over unstored, and stored later as it is.
 */
import type { AlertCommand, CommandOutcome } from "../../domain/alerting/alert-commands.ts";
import type { Check } from "../../domain/monitoring/check.ts";
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { Log } from "../../ports/log.ts";
import type { Snapshot } from "../../ports/store.ts";
import { AlertTimer } from "./alert-timer.ts";
import { ClockSteps } from "./clock-steps.ts";
import type { Cluster } from "../cluster.ts";
import { DropReport } from "./drop-report.ts";
import { draftSweep, type DraftedSweep, type SweepDependencies } from "./draft-sweep.ts";
import { answerAll, PendingCommands, rejectAll, type PendingCommand } from "./pending-commands.ts";
import { isRefusal, StorageHealth } from "./storage-health.ts";
import { isMissingIn, isSameSweep, logAlerts, logTransitions } from "./stored-sweep.ts";
import { unstoredAfter, unstoredAfterCommit, unstoredSince, type UnstoredAlerting } from "./unstored-alerting.ts";

const SHORTEST_GAP_MS = 1_000;

/** Checks that end together belong to one sweep; nobody waits noticeably for this. */
const COLLECT_MS = 5;

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

export interface CommitterDependencies extends SweepDependencies {
  readonly log: Log;
  /** Called with every new snapshot, stored or not, before anybody who waits for its checks goes on. */
  onSnapshot(snapshot: Snapshot): void;
  /** Called with what a commit has put into the outbox. Default: nobody is told. */
  onOutgoing?(outgoing: readonly Outgoing[]): void;
  /**
   * Called while storage fails, with all that is to be told and not stored; empty when it is stored. Default: nobody is told
   * before it is.
   */
  onUnstored?(outgoing: readonly Outgoing[]): void;
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
  readonly #health: StorageHealth;
  readonly #drops: DropReport;
  /** The last commit that failed, and its checks: its answer may be all that was lost. */
  #unanswered: { readonly draft: DraftedSweep; readonly checks: readonly Check[] } | null = null;
  #unstored: UnstoredAlerting | null = null;
  #isHandedOver = false;
  #rosterIsDirty = true;
  readonly #clockSteps: ClockSteps;
  readonly #alertTimer: AlertTimer;
  readonly #commands = new PendingCommands();

  constructor(dependencies: CommitterDependencies, cluster: Cluster) {
    this.#dependencies = dependencies;
    this.#cluster = cluster;
    this.#clockSteps = new ClockSteps(dependencies.clock);
    this.#drops = new DropReport(dependencies);
    this.#health = new StorageHealth(dependencies.log);
    this.#alertTimer = new AlertTimer(dependencies.clock, () => this.#wake());
  }

  /** False from the second failed commit in a row to the next one that works. */
  get storageWorks(): boolean {
    return this.#health.works;
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

  /** Hands over what somebody asked for; settles when it is stored, or rejects with the storage's error. */
  apply(command: AlertCommand): Promise<CommandOutcome> {
    const outcome = this.#commands.add(command);
    this.#wake();
    return outcome;
  }

  /** Commits what is held, at once; storage that fails for a moment is tried again. Nothing is committed after it. */
  async end(): Promise<void> {
    const { clock, log } = this.#dependencies;
    const giveUpAtMs = clock.monotonicMs() + END_WITHIN_MS;
    this.#hasEnded = true;
    this.#cancelWake();
    this.#alertTimer.await(Infinity);
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
    this.#cancelWake = clock.after(Math.max(dueInMs, COLLECT_MS), () => {
      this.#running = this.#running.then(() => this.#commit());
    });
  }

  async #commit(): Promise<void> {
    this.#isWaiting = false;
    if (!this.#isNeeded()) return;
    const { clock } = this.#dependencies;
    const waiting = this.#waiting.splice(0);
    // A change of the roster alone is shown at once and delays no sweep.
    if (this.#held.length > 0) this.#lastCommitMs = clock.monotonicMs();
    try {
      await this.#settleUnanswered();
      await this.#storeHeld();
      this.#health.succeed();
    } catch (error) {
      this.#fail(error);
    }
    for (const resolve of waiting) resolve();
  }

  #isNeeded(): boolean {
    if (this.#held.length > 0 || this.#unstored !== null) return true;
    return this.#rosterIsDirty || this.#alertTimer.isDue || !this.#commands.isEmpty;
  }

  /** A commit that failed may have taken effect all the same: then its checks are stored, and no other process was first. */
  async #settleUnanswered(): Promise<void> {
    const unanswered = this.#unanswered;
    if (!unanswered) return;
    const stored = await this.#dependencies.store.readSnapshot();
    this.#unanswered = null;
    const { draft, checks } = unanswered;
    if (!isSameSweep(stored, draft)) return;
    const done = new Set(checks);
    this.#held = this.#held.filter((check) => !done.has(check));
    this.#unstored &&= unstoredSince(this.#unstored, draft.commit, this.#held);
    this.#accept(draft);
  }

  async #storeHeld(): Promise<void> {
    while (this.#isNeeded()) {
      const checks = this.#held.splice(0, Math.max(MOST_CHECKS_A_SWEEP, this.#cluster.services.length));
      const commands = this.#commands.take();
      const draft = this.#draft(checks, this.#ownFaults(), commands);
      try {
        await this.#store(draft, commands);
      } catch (error) {
        rejectAll(commands, error);
        this.#unanswered = { draft, checks };
        const evaluated = this.#held.filter((check) => this.#unstored?.evaluated.has(check));
        // What the database refuses for what it is, it would refuse for ever.
        if (isRefusal(error)) this.#unstored = null;
        else this.#keep(draft, [...checks, ...evaluated]);
        this.#held = [...checks, ...this.#held].slice(-MOST_HELD_CHECKS);
        throw error;
      }
    }
  }

  /** Shows and tells what is held all the same, and tries again in a second. */
  #fail(error: unknown): void {
    this.#health.fail(error);
    // Those that came when not even the last commit could be looked up.
    rejectAll(this.#commands.take(), error);
    const faults = this.storageWorks ? [] : [STORAGE_FAULT];
    const draft = this.#draft(this.#held, [...faults, ...this.#ownFaults()]);
    this.#keep(draft, this.#held);
    this.#show(draft.snapshot);
    this.#handOver();
    this.#lastCommitMs = this.#dependencies.clock.monotonicMs();
    this.#wake();
  }

  /** What was decided in vain is not decided again: the next draft goes on from it. */
  #keep({ commit }: DraftedSweep, evaluated: readonly Check[]): void {
    const unstored = unstoredAfter(commit, evaluated);
    if (!unstored) return;
    this.#unstored = unstored;
    this.#clockSteps.settle();
  }

  #handOver(): void {
    const outgoing = this.storageWorks ? [] : (this.#unstored?.outgoing ?? []);
    if (outgoing.length === 0 && !this.#isHandedOver) return;
    this.#isHandedOver = outgoing.length > 0;
    this.#dependencies.onUnstored?.(outgoing);
  }

  #show(snapshot: Snapshot): void {
    this.#shown = snapshot;
    if (!this.#hasEnded) this.#alertTimer.await(snapshot.alerting.nextDueMs);
    this.#dependencies.onSnapshot(snapshot);
  }

  #ownFaults(): readonly string[] {
    return this.#dependencies.faults?.() ?? [];
  }

  #draft(checks: readonly Check[], faults: readonly string[], commands: readonly PendingCommand[] = []): DraftedSweep {
    const previous = this.#snapshot;
    const clockStepMs = this.#clockSteps.pendingMs();
    const input = { cluster: this.#cluster, previous, checks, faults, clockStepMs, unstored: this.#unstored };
    return draftSweep(this.#dependencies, { ...input, commands: commands.map(({ command }) => command) });
  }

  async #store(draft: DraftedSweep, commands: readonly PendingCommand[]): Promise<void> {
    const { store } = this.#dependencies;
    if ((await store.commitSweep(draft.commit)) === "committed") {
      this.#unstored &&= unstoredAfterCommit(this.#unstored, draft.commit, this.#held);
      this.#accept(draft);
      answerAll(commands, draft.outcomes);
      return;
    }
    this.#commands.putBack(commands);
    // Whatever was decided on top of what nobody has stored is decided anew.
    this.#unstored = null;
    this.#handOver();
    const stored = await store.readSnapshot();
    this.#snapshot = stored;
    this.#clockSteps.settle();
    if (stored) this.#show(stored);
    const missing = draft.commit.checks.filter((check) => isMissingIn(stored, check, this.#cluster));
    this.#held = [...missing, ...this.#held];
    this.#drops.add(draft.commit.checks.length - missing.length);
    // Otherwise a process whose roster is new would try for ever; the next sweep shows it.
    if (draft.commit.checks.length === 0) this.#rosterIsDirty = false;
    this.#alertTimer.settle();
  }

  #accept({ commit, snapshot }: DraftedSweep): void {
    this.#rosterIsDirty = this.#cluster.roster !== commit.moment.roster;
    this.#alertTimer.settle();
    this.#clockSteps.settle();
    this.#snapshot = snapshot;
    this.#show(snapshot);
    this.#handOver();
    logTransitions(this.#dependencies.log, commit.transitions);
    logAlerts(this.#dependencies.log, commit.alertRecords);
    if (commit.outgoing.length > 0) this.#dependencies.onOutgoing?.(commit.outgoing);
  }
}
