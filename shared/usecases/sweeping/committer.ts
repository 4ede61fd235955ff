/**
 * Gathers finished checks and commits them, one commit at a time: the only one who holds what is not stored yet.
 * Fed by the probe loop and the probe rounds, which choose the policy; calls draft-sweep and the store. What waits is a value
 * (pending.ts); this is the shell around it.
 * Invariants: a check is committed, or dropped because another process committed first, or still held; never lost in between. The
 * same for what alerting decides, stored as it was first decided.
 */
import type { AlertCommand, CommandOutcome } from "../../domain/alerting/alert-commands.ts";
import type { Check } from "../../domain/monitoring/check.ts";
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { Snapshot } from "../../ports/store.ts";
import type { Cluster } from "../cluster.ts";
import type { CommitPolicy } from "./commit-policy.ts";
import { CommitReport, logCommit } from "./commit-report.ts";
import { CommitTimer } from "./commit-timer.ts";
import type { CommitterDependencies } from "./committer-dependencies.ts";
import { draftSweep, type DraftedSweep, type SweepInput } from "./draft-sweep.ts";
import { NewsTeller } from "./news.ts";
import { afterFirstRead, isUndecided, nothingRead, refuseUnread, undecided } from "./first-read.ts";
import { nameOmitted, omitFrom } from "./omission.ts";
import { faultsOfTry, faultsUnstored } from "./own-faults.ts";
import { takeBackPending } from "./take-back.ts";
import {
  afterCommit,
  afterDraft,
  afterLost,
  afterRefusal,
  answerUnstored,
  isRefusal,
  isSameRoster,
  isSameSweep,
  pendingSince,
  somethingWaits,
  withCheck,
  type Pending,
} from "./pending.ts";

/** What has piled up while storage failed goes into sweeps of this size, or of one check a service if those are more: a value has 2 MB. */
const MOST_CHECKS_A_SWEEP = 500;

/** Another process that commits first again and again is as good as storage that fails: what waits is held and tried later. */
const MOST_LOSSES = 5;

export class Committer {
  readonly #dependencies: CommitterDependencies;
  readonly #policy: CommitPolicy;
  readonly #timer: CommitTimer;
  readonly #report: CommitReport;
  readonly #news: NewsTeller;
  #cluster: Cluster;
  #pending: Pending = pendingSince(null, true);
  #shown: Snapshot | null = null;
  #waiting: (() => void)[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(dependencies: CommitterDependencies, policy: CommitPolicy, cluster: Cluster) {
    const { clock, log } = dependencies;
    this.#dependencies = { ...dependencies, findNextCheckMs: policy.findNextCheckMs };
    this.#policy = policy;
    this.#cluster = cluster;
    this.#report = new CommitReport({ clock, log: policy.isLasting ? log : { write() {} } });
    this.#news = new NewsTeller((news) => dependencies.onNews?.(news));
    this.#timer = new CommitTimer(clock, policy, () => void this.#run().catch(() => {}));
  }

  /** False from the second failed commit in a row to the next one that works. */
  get storageWorks(): boolean {
    return this.#report.storageWorks;
  }

  /** The last snapshot that was shown, stored or not; null before `begin`, and before the first commit of all. */
  get snapshot(): Snapshot | null {
    return this.#shown;
  }

  /** The last check of a service, shown or not yet; null: it has none. */
  lastCheck(serviceId: string): Check | null {
    const held = this.#pending.checks.findLast((check) => check.serviceId === serviceId);
    return held ?? this.#shown?.moment.checks.get(serviceId) ?? null;
  }

  /** How many checks are not stored. */
  get heldChecks(): number {
    return this.#pending.checks.length;
  }

  /**
   * Takes up where the database left off. Rejects when that cannot be read, unless it lasts; what cannot be written is tried again.
   * @param known what has just been read of it; default: it is read here
   */
  async begin(known?: Snapshot | null): Promise<void> {
    const { store, clock } = this.#dependencies;
    const { isLasting } = this.#policy;
    const { commands } = this.#pending;
    try {
      this.#pending = { ...this.#takeUp(known === undefined ? await store.readSnapshot() : known), commands };
    } catch (error) {
      if (!isLasting) throw error;
      this.#pending = { ...nothingRead(clock.monotonicMs()), commands };
    }
    if (isLasting) await this.#run().catch(() => {});
    else if (this.#pending.last) this.#show(this.#pending.last);
  }

  #takeUp(stored: Snapshot | null): Pending {
    const pending = pendingSince(stored, this.#policy.isLasting || !isSameRoster(stored, this.#cluster));
    return takeBackPending(pending, this.#dependencies.clock.nowMs());
  }

  /** From the next commit on, services are those of `cluster`; commits soon even without a check. */
  replaceCluster(cluster: Cluster): void {
    this.#cluster = cluster;
    this.#pending = { ...this.#pending, rosterIsNew: true };
    this.#timer.wake();
  }

  /** Hands over a finished check; resolves when a commit of it has been tried. Never rejects. */
  add(check: Check): Promise<void> {
    this.#pending = withCheck(this.#pending, check);
    const tried = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#timer.wake();
    return tried;
  }

  /**
   * Hands over what somebody asked for; resolves when it holds: when it is stored, or, in a process that lasts and whose storage
   * fails, when it is held with everything else that waits for storage. Rejects when it neither is nor will be.
   */
  apply(command: AlertCommand): Promise<CommandOutcome> {
    return new Promise((resolve, reject) => {
      const commands = [...this.#pending.commands, { command, outcome: null, resolve, reject }];
      this.#pending = { ...this.#pending, commands };
      this.#timer.wake();
    });
  }

  /**
   * Commits what is held, at once; storage that fails for a moment is tried again, and the storage's error is what it rejects with
   * at last. Nothing is committed after it. `flush`: nobody looks again within seconds, so no notification waits for others.
   */
  async end({ flush = false }: { readonly flush?: boolean } = {}): Promise<void> {
    this.#timer.end();
    await this.#run(flush, this.#policy.endWithinMs);
  }

  /** One at a time. Rejects with the storage's error; what could not be stored is then still held. */
  #run(flush = false, withinMs = 0): Promise<void> {
    const run = this.#running.then(() => this.#commit(flush, withinMs));
    this.#running = run.catch(() => {});
    return run;
  }

  async #commit(flush: boolean, withinMs: number): Promise<void> {
    const waiting = this.#waiting.splice(0);
    this.#pending = takeBackPending(this.#pending, this.#dependencies.clock.nowMs());
    // A change of the roster alone is shown at once and delays no sweep.
    this.#timer.begin({ isSweep: this.#pending.checks.length > 0 });
    try {
      await this.#tryFor(withinMs, flush);
    } catch (error) {
      this.#giveUp(error);
      throw error;
    } finally {
      for (const resolve of waiting) resolve();
    }
  }

  async #tryFor(withinMs: number, flush: boolean): Promise<void> {
    const { clock, random } = this.#dependencies;
    const untilMs = clock.monotonicMs() + withinMs;
    for (let failures = 1; this.#isNeeded(flush); failures += 1) {
      try {
        await this.#store(flush);
        this.#report.succeeded();
      } catch (error) {
        this.#report.failed(error);
        if (clock.monotonicMs() >= untilMs) throw error;
        await clock.sleep(this.#policy.endRetryMs(failures, random()));
      }
    }
  }

  #isNeeded(flush: boolean): boolean {
    return this.#timer.alertsAreDue || somethingWaits(this.#pending, flush);
  }

  /** Draft → commit → stored | somebody was first | failed: that may have taken effect, and what is stored says so. */
  async #store(flush: boolean): Promise<void> {
    const { store } = this.#dependencies;
    if (this.#pending.unreadSinceMs !== null) this.#goOnFrom(await store.readSnapshot());
    const { unanswered } = this.#pending;
    if (unanswered) this.#settle(unanswered, await store.readSnapshot());
    for (let losses = 0, refusals = 0; this.#isNeeded(flush);) {
      if (losses === MOST_LOSSES) throw new Error("others always committed first");
      const before = this.#pending;
      const draft = this.#draftNext(flush, refusals);
      this.#pending = { ...afterDraft(before, draft), unanswered: draft };
      try {
        if ((await store.commitSweep(draft.commit)) === "committed") {
          this.#accept(draft);
          this.#report.omitted(nameOmitted(refusals));
          refusals = 0;
        } else {
          losses += 1;
          this.#lose(await store.readSnapshot());
        }
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusals = this.#refuse(error, before, refusals);
      }
    }
  }

  #goOnFrom(stored: Snapshot | null): void {
    const situation = { cluster: this.#cluster, keeps: this.#policy.keeps, nowMs: this.#dependencies.clock.nowMs() };
    this.#pending = afterFirstRead(this.#pending, this.#takeUp(stored), situation);
  }

  /** Goes on without what was asked for last; if nothing was, with less and less of the rest. Throws when that is no help. */
  #refuse(error: Error, before: Pending, refusals: number): number {
    const asked = before.commands.filter(({ outcome }) => outcome === null);
    for (const { reject } of asked) reject(error);
    // Without orders the first draft holds all there is to store, and has decided what is not to be decided again.
    const { decided } = asked.length === 0 && refusals === 0 ? this.#pending : before;
    this.#pending = afterRefusal(this.#pending, asked, decided);
    if (asked.length > 0) return refusals;
    if (nameOmitted(refusals + 1) === "") throw error;
    return refusals + 1;
  }

  #settle(unanswered: DraftedSweep, stored: Snapshot | null): void {
    if (isSameSweep(stored, unanswered)) this.#accept(unanswered);
    else if (stored?.generation !== this.#pending.last?.generation) this.#lose(stored);
    else this.#pending = { ...this.#pending, unanswered: null };
  }

  #accept(draft: DraftedSweep): void {
    const { log } = this.#dependencies;
    const { commands, last } = this.#pending;
    this.#pending = afterCommit(this.#pending, draft, this.#cluster);
    this.#show(draft.snapshot);
    logCommit(log, draft, last);
    this.#tell(draft.commit.outgoing);
    for (const { outcome, resolve } of commands) if (outcome) resolve(outcome);
  }

  #lose(stored: Snapshot | null): void {
    const { heldChecks } = this;
    const lost = afterLost(this.#pending, stored, { cluster: this.#cluster, keeps: this.#policy.keeps });
    this.#pending = takeBackPending(lost, this.#dependencies.clock.nowMs());
    this.#report.dropped(heldChecks - this.heldChecks);
    if (stored) this.#show(stored);
    this.#tell([]);
  }

  /**
   * Shows and tells what is held all the same, and tries again soon. What was asked for holds as well: it is stored with the rest, and
   * done again should another process commit first. While nothing could be read yet nothing is decided, told or promised (first-read.ts).
   */
  #giveUp(error: unknown): void {
    const { isLasting } = this.#policy;
    const isQuiet = isUndecided(this.#pending, this.#dependencies.clock.monotonicMs());
    if (isLasting) {
      const { checks } = this.#pending;
      const draft = this.#draft({ checks, ...faultsUnstored(this.#report.unsaved, this.#dependencies.faults?.()) });
      if (!isQuiet) this.#pending = afterDraft(this.#pending, draft);
      this.#show(isQuiet ? undecided(draft) : draft.snapshot);
      this.#tell([]);
    }
    const { commands } = this.#pending;
    const left = isQuiet ? refuseUnread(commands, error) : answerUnstored(commands, error, isLasting);
    this.#pending = { ...this.#pending, commands: left };
    this.#timer.begin({ isSweep: true });
    this.#timer.wake();
  }

  #draftNext(flush: boolean, refusals: number): DraftedSweep {
    const checks = this.#pending.checks.slice(0, Math.max(MOST_CHECKS_A_SWEEP, this.#cluster.services.length));
    const own = faultsOfTry(this.storageWorks, refusals, this.#dependencies.faults?.());
    const draft = this.#draft({ checks, flush, ...own });
    return omitFrom(draft, refusals) ?? draft;
  }

  #draft(input: Omit<SweepInput, "cluster" | "previous" | "decided" | "commands">): DraftedSweep {
    const { last: previous, decided } = this.#pending;
    const commands = this.#pending.commands.filter(({ outcome }) => outcome === null).map(({ command }) => command);
    return draftSweep(this.#dependencies, { ...input, cluster: this.#cluster, previous, decided, commands });
  }

  #show(snapshot: Snapshot): void {
    this.#shown = snapshot;
    this.#timer.awaitAlerts(snapshot.alerting.nextDueMs);
    this.#dependencies.onSnapshot?.(snapshot);
  }

  #tell(stored: readonly Outgoing[]): void {
    const unstored = this.storageWorks || !this.#policy.isLasting ? [] : this.#pending.decided.outgoing;
    this.#news.tell({ stored, unstored });
  }
}
