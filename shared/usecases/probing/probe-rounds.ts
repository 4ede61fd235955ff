/**
 * Probing on a runtime that is woken by cron and forgets everything in between: one round after the other.
 * Made by the Workers runtime; the Node runtime has the probe loop instead. Calls probe-service and the committer.
 * Invariant: what is due is decided by what is stored, so a round that was skipped, doubled, late or killed harms nothing.
 */
import type { AlertCommand, CommandOutcome } from "../../domain/alerting/alert-commands.ts";
import { findRechecks } from "../../domain/alerting/alerting.ts";
import { NO_ALERTING } from "../../domain/alerting/alerting-state.ts";
import type { Check, CheckStatus } from "../../domain/monitoring/check.ts";
import type { LastChecks } from "../../domain/monitoring/cluster-state.ts";
import { isOlderThan, longestRoundAgeMs, ROUND_MS } from "../../domain/monitoring/schedule.ts";
import type { MonitoredService } from "../../ports/prober.ts";
import type { Snapshot, Store } from "../../ports/store.ts";
import type { Sweeper, SweeperStatus } from "../../ports/sweeper.ts";
import type { Cluster } from "../cluster.ts";
import type { Deliverer } from "../delivery/deliverer.ts";
import { findNewReceivers, type ReceiverDependencies } from "../delivery/new-receivers.ts";
import { Baselines } from "./memories.ts";
import { probeService, type ProbeDependencies } from "./probe-service.ts";
import { OF_A_ROUND } from "../sweeping/commit-policy.ts";
import { Committer } from "../sweeping/committer.ts";
import type { CommitterDependencies } from "../sweeping/committer-dependencies.ts";

export interface RoundDependencies extends CommitterDependencies, ProbeDependencies {
  readonly store: Store;
  readonly deliverer: Pick<Deliverer, "deliverDue">;
  /** The stored one. */
  readonly outbox: ReceiverDependencies["outbox"];
}

/** Workers let six connections wait for an answer; the seventh would wait in their queue while its own deadline runs. */
const MOST_AT_ONCE = 6;

/** Three rounds without a commit: cron does not fire, or no round comes to its end. */
const OVERDUE_MS = 3 * ROUND_MS;

/** Then the next round is near. */
const DECIDE_WITHIN_MS = 40_000;

/** A receiver that fails for a moment is tried again in the same round. */
const DELIVER_WITHIN_MS = 10_000;

/** Whoever waits for a round of somebody else gives up then: that one may have been killed. */
const LONGEST_WAIT_MS = 30_000;

/** How old the last check of a service may be, in ms, for it not to be looked at now. */
type MaxAge = (service: MonitoredService) => number;

export class ProbeRounds implements Sweeper {
  readonly #dependencies: RoundDependencies;
  readonly #cluster: Cluster;
  #running: Promise<boolean> | null = null;
  /** Another configuration is another isolate. */
  #isAnnounced = false;

  constructor(dependencies: RoundDependencies, cluster: Cluster) {
    this.#dependencies = dependencies;
    this.#cluster = cluster;
  }

  async round(): Promise<void> {
    const wasProbed = await this.#run(({ intervalMs }) => longestRoundAgeMs(intervalMs));
    if (wasProbed) await this.#orTell("the round failed", () => this.#decide());
    await this.#deliver(DELIVER_WITHIN_MS);
  }

  async refresh(maxAgeMs: number): Promise<void> {
    await this.#run(() => maxAgeMs);
    // Somebody waits for the answer.
    await this.#deliver(0);
  }

  async apply(command: AlertCommand): Promise<CommandOutcome> {
    const committer = await this.#begin();
    const [outcome] = await Promise.all([committer.apply(command), committer.end()]);
    return outcome;
  }

  async status(): Promise<SweeperStatus> {
    const { store, clock } = this.#dependencies;
    const snapshot = await store.readSnapshot();
    const schedulerWorks = snapshot !== null && clock.nowMs() - snapshot.moment.atMs < OVERDUE_MS;
    return { schedulerWorks, storageWorks: true, pauses: 0, discardedChecks: 0 };
  }

  async #begin(last?: Snapshot | null): Promise<Committer> {
    const committer = new Committer(this.#dependencies, OF_A_ROUND, this.#cluster);
    await committer.begin(last);
    return committer;
  }

  /** Waits its turn, and then looks at what is left to do: of those who wait, one at a time goes on. False: storage failed. */
  async #run(maxAgeMs: MaxAge): Promise<boolean> {
    const { clock } = this.#dependencies;
    while (this.#running) {
      const waitedFor = this.#running;
      await Promise.race([waitedFor, clock.sleep(LONGEST_WAIT_MS)]);
      if (this.#running === waitedFor) this.#running = null;
    }
    const running = this.#orTell("the round failed", () => this.#probeAndCommit(maxAgeMs)).finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }

  async #probeAndCommit(maxAgeMs: MaxAge): Promise<void> {
    const { store, log, clock } = this.#dependencies;
    const committer = await this.#begin();
    await this.#announce(committer);
    const nowMs = clock.nowMs();
    const last = committer.snapshot?.moment.checks ?? new Map<string, Check>();
    const due = this.#cluster.services.filter((each) => isOlderThan(last.get(each.id), maxAgeMs(each), nowMs));
    const waiting = quickOnesFirst(due, last);
    const baselines = new Baselines(store, log);
    const work = async (): Promise<void> => {
      for (let service = waiting.shift(); service; service = waiting.shift()) {
        const previous = committer.lastCheck(service.id);
        const check = await probeService(service, this.#dependencies, { previous, baselines });
        // Another round may have looked meanwhile, and ours may know by now.
        const theirs = committer.snapshot?.moment.checks.get(service.id);
        if (OF_A_ROUND.keeps(check, theirs, service)) void committer.add(check);
      }
    };
    await Promise.all(Array.from({ length: MOST_AT_ONCE }, work));
    await baselines.write();
    await committer.end();
  }

  async #announce(committer: Committer): Promise<void> {
    if (this.#isAnnounced) return;
    const alerting = async () => committer.snapshot?.alerting ?? null;
    const command = await findNewReceivers(this.#cluster, { ...this.#dependencies, alerting });
    this.#isAnnounced = command !== null;
    if (command) committer.apply(command).catch(() => (this.#isAnnounced = false));
  }

  /**
   * Looks again at what has just begun to fail or to recover, since the next round is a minute away. Whoever wants to look
   * meanwhile may. At the end nothing is left waiting for others.
   */
  async #decide(): Promise<void> {
    const { clock, store } = this.#dependencies;
    const { servicesById, alerting } = this.#cluster;
    const untilMs = clock.monotonicMs() + DECIDE_WITHIN_MS;
    for (;;) {
      const snapshot = await store.readSnapshot();
      const rechecks = findRechecks(snapshot?.alerting ?? NO_ALERTING, {
        services: servicesById,
        connectivityTargets: alerting.connectivityTargets,
        lastChecks: snapshot?.moment.checks ?? new Map(),
      });
      const waitMs = Math.min(...rechecks.values());
      if (clock.monotonicMs() + waitMs > untilMs) {
        await (await this.#begin(snapshot)).end({ flush: true });
        return;
      }
      await clock.sleep(waitMs);
      await this.#run(({ id }) => (rechecks.has(id) ? waitMs / 2 : Infinity));
    }
  }

  /** What cannot be sent now waits in the outbox for the next round. */
  async #deliver(withinMs: number): Promise<void> {
    const { deliverer, clock } = this.#dependencies;
    const untilMs = clock.nowMs() + withinMs;
    await this.#orTell("the outbox does not work", async () => {
      for (let dueMs = clock.nowMs(); dueMs <= untilMs;) {
        await clock.sleep(Math.max(0, dueMs - clock.nowMs()));
        dueMs = await deliverer.deliverDue();
      }
    });
  }

  /** False, and a line in the log, when it failed. */
  async #orTell(fault: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#dependencies.log.write("error", fault, { error: text });
      return false;
    }
  }
}

const TAKES_LONG: ReadonlySet<CheckStatus> = new Set(["timeout", "degraded"]);

/** What was slow the last time comes last, so that it delays no other. */
function quickOnesFirst(services: readonly MonitoredService[], last: LastChecks): MonitoredService[] {
  const isSlow = ({ id }: MonitoredService) => Number(TAKES_LONG.has(last.get(id)?.status ?? "unknown"));
  return services.toSorted((left, right) => isSlow(left) - isSlow(right));
}
