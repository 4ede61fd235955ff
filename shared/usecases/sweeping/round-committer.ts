/**
 * Commits the checks of one round, against storage across a network: answers get lost, others commit in between.
 * Used by the round sweeper. Nothing outlives the round, so it is tried a few times and then given up.
 * Invariant: a check is stored once or not at all, whatever becomes of the answers.
 */
import type { AlertCommand, CommandOutcome } from "../../domain/alerting/alert-commands.ts";
import { NO_ALERTING } from "../../domain/alerting/alerting-state.ts";
import type { Check } from "../../domain/monitoring/check.ts";
import type { Log } from "../../ports/log.ts";
import type { Snapshot } from "../../ports/store.ts";
import type { Cluster } from "../cluster.ts";
import { draftSweep, type DraftedSweep, type SweepDependencies } from "./draft-sweep.ts";
import { answerAll, PendingCommands, rejectAll, type PendingCommand } from "./pending-commands.ts";
import { isSameSweep, logAlerts, logTransitions } from "./stored-sweep.ts";

export interface RoundStorage extends Omit<SweepDependencies, "startedAtMs"> {
  readonly log: Log;
  /** 0 ≤ result < 1. */
  random(): number;
}

/** D1's own advice is to repeat with back-off and jitter; five tries take some 8 s. */
const MOST_TRIES = 5;
const FIRST_DELAY_MS = 250;

export class RoundCommitter {
  readonly #dependencies: RoundStorage;
  readonly #cluster: Cluster;
  readonly #beganAtMs: number;
  #previous: Snapshot | null;
  #checks: Check[] = [];
  readonly #commands = new PendingCommands();
  #running: Promise<void> = Promise.resolve();

  /** `previous` is the last commit as it was read when the round began. */
  constructor(dependencies: RoundStorage, cluster: Cluster, previous: Snapshot | null) {
    this.#dependencies = dependencies;
    this.#cluster = cluster;
    this.#previous = previous;
    this.#beganAtMs = dependencies.clock.nowMs();
  }

  add(check: Check): void {
    this.#checks.push(check);
  }

  /** Does what somebody asks for, with a commit of its own. Rejects with the storage's error. */
  async apply(command: AlertCommand): Promise<CommandOutcome> {
    const outcome = this.#commands.add(command);
    // The answer to the command says what became of it.
    await this.commit().catch((error: unknown) => rejectAll(this.#commands.take(), error));
    return outcome;
  }

  /** What is known by now: the last commit, by whomever; null when there is none. */
  get snapshot(): Snapshot | null {
    return this.#previous;
  }

  /**
   * Commits what has been added since the last time; one commit at a time. `isLast`: nobody looks again within seconds, so no
   * notification waits for others. Rejects when storage fails for good.
   */
  commit({ isLast = false }: { readonly isLast?: boolean } = {}): Promise<void> {
    const next = this.#running.then(() => this.#commit(isLast));
    this.#running = next.catch(() => {});
    return next;
  }

  async #commit(isLast: boolean): Promise<void> {
    const { clock, random, log } = this.#dependencies;
    for (let tries = 1; ; tries += 1) {
      this.#dropOutdated();
      if (!this.#isNeeded(isLast)) return;
      const commands = this.#commands.take();
      const draft = this.#draft(isLast, commands);
      try {
        if (await this.#store(draft)) {
          answerAll(commands, draft.outcomes);
          return;
        }
        this.#commands.putBack(commands);
        if (tries === MOST_TRIES) {
          rejectAll(this.#commands.take(), new Error("others always committed first"));
          log.write("warn", "others always committed first, checks are dropped", { checks: this.#checks.length });
          return;
        }
      } catch (error) {
        this.#commands.putBack(commands);
        if (tries === MOST_TRIES) throw error;
        await clock.sleep(FIRST_DELAY_MS * 2 ** (tries - 1) * (1 + random()));
        await this.#lookAgain(draft);
      }
    }
  }

  #isNeeded(isLast: boolean): boolean {
    const { clock } = this.#dependencies;
    const { nextDueMs, groups } = this.#previous?.alerting ?? NO_ALERTING;
    const alertsAreDue = nextDueMs <= clock.nowMs() || (isLast && groups.some(({ waiting }) => waiting.length > 0));
    if (this.#checks.length > 0 || !this.#commands.isEmpty) return true;
    return alertsAreDue || !isSameRoster(this.#previous, this.#cluster);
  }

  #draft(isLast: boolean, commands: readonly PendingCommand[]): DraftedSweep {
    const startedAtMs = this.#previous?.moment.startedAtMs ?? this.#beganAtMs;
    const input = {
      cluster: this.#cluster,
      previous: this.#previous,
      checks: this.#checks,
      faults: [],
      flush: isLast,
      commands: commands.map(({ command }) => command),
    };
    return draftSweep({ ...this.#dependencies, startedAtMs }, input);
  }

  /** False when somebody else committed first; what is left of our checks is then to be drafted anew. */
  async #store(draft: DraftedSweep): Promise<boolean> {
    const outcome = await this.#dependencies.store.commitSweep(draft.commit);
    if (outcome === "committed") this.#accept(draft);
    else await this.#adopt();
    return outcome === "committed";
  }

  /** After a failure: the commit may have taken effect all the same. */
  async #lookAgain(draft: DraftedSweep): Promise<void> {
    try {
      const stored = await this.#dependencies.store.readSnapshot();
      if (isSameSweep(stored, draft)) this.#accept(draft);
      else await this.#adopt();
    } catch {
      // Storage is still away; the next try finds out, since its generation is fenced.
    }
  }

  async #adopt(): Promise<void> {
    this.#previous = await this.#dependencies.store.readSnapshot();
  }

  /** Somebody else has looked at these services while we did, and stored it: also our own commit whose answer was lost. */
  #dropOutdated(): void {
    const stored = this.#previous?.moment.checks;
    this.#checks = this.#checks.filter(({ serviceId, checkedAtMs, responseTimeMs }) => {
      const theirs = stored?.get(serviceId);
      return !theirs || theirs.checkedAtMs < checkedAtMs - responseTimeMs;
    });
  }

  #accept({ commit, snapshot }: DraftedSweep): void {
    this.#previous = snapshot;
    const stored = new Set(commit.checks);
    this.#checks = this.#checks.filter((check) => !stored.has(check));
    logTransitions(this.#dependencies.log, commit.transitions);
    logAlerts(this.#dependencies.log, commit.alertRecords);
  }
}

/** The stored roster is another object with the same content. */
function isSameRoster(snapshot: Snapshot | null, { roster }: Cluster): boolean {
  return JSON.stringify(snapshot?.moment.roster) === JSON.stringify(roster);
}
