/**
 * Probing on a host that is woken by cron and forgets everything in between: one round after the other.
 * Made by the Workers host; the Node host has the sweep loop instead. Calls probe-service and the round committer.
 * Invariant: what is due is decided by what is stored, so a round that was skipped, doubled, late or killed harms nothing.
 */
import type { AlertCommand, CommandOutcome } from "../../domain/alerting/alert-commands.ts";
import { undecidedServices } from "../../domain/alerting/alerting.ts";
import type { Check, CheckStatus } from "../../domain/monitoring/check.ts";
import { isDueInRound, recheckMs, ROUND_MS } from "../../domain/monitoring/schedule.ts";
import type { MonitoredService } from "../../ports/prober.ts";
import type { Snapshot } from "../../ports/store.ts";
import type { Sweeper, SweeperStatus } from "../../ports/sweeper.ts";
import type { Cluster } from "../cluster.ts";
import type { Deliverer } from "../delivery/deliverer.ts";
import { probeService, type ProbeDependencies } from "./probe-service.ts";
import { RoundCommitter, type RoundStorage } from "../sweeping/round-committer.ts";

export interface RoundDependencies extends RoundStorage, ProbeDependencies {
  readonly deliverer: Pick<Deliverer, "deliverDue">;
}

/** Workers let six connections wait for an answer; the seventh would wait in their queue while its own deadline runs. */
const MOST_AT_ONCE = 6;

/** What has finished is committed this often while slow services are still being asked. */
const COMMIT_EVERY_MS = 5_000;

/** Three rounds without a commit: cron does not fire, or no round comes to its end. */
const OVERDUE_MS = 3 * ROUND_MS;

/** Then the next round is near. */
const DECIDE_WITHIN_MS = 40_000;

/** A receiver that fails for a moment is tried again in the same round. */
const DELIVER_WITHIN_MS = 10_000;

/** Whoever waits for a round of somebody else gives up then: that one may have been killed. */
const LONGEST_WAIT_MS = 30_000;

type IsDue = (service: MonitoredService, last: Check | undefined, nowMs: number) => boolean;

export class ProbeRounds implements Sweeper {
  readonly #dependencies: RoundDependencies;
  readonly #cluster: Cluster;
  #running: Promise<boolean> | null = null;

  constructor(dependencies: RoundDependencies, cluster: Cluster) {
    this.#dependencies = dependencies;
    this.#cluster = cluster;
  }

  async round(): Promise<void> {
    const isDue: IsDue = ({ intervalMs }, last, nowMs) => isDueInRound(last?.checkedAtMs ?? null, intervalMs, nowMs);
    if (await this.#run(isDue)) await this.#decide();
    await this.#deliver(DELIVER_WITHIN_MS);
  }

  async refresh(maxAgeMs: number): Promise<void> {
    await this.#run((_service, last, nowMs) => !last || Math.abs(nowMs - last.checkedAtMs) > maxAgeMs);
    // Somebody waits for the answer.
    await this.#deliver(0);
  }

  async apply(command: AlertCommand): Promise<CommandOutcome> {
    const previous = await this.#dependencies.store.readSnapshot();
    return new RoundCommitter(this.#dependencies, this.#cluster, previous).apply(command);
  }

  async status(): Promise<SweeperStatus> {
    const { store, clock } = this.#dependencies;
    const snapshot = await store.readSnapshot();
    const schedulerWorks = snapshot !== null && clock.nowMs() - snapshot.moment.atMs < OVERDUE_MS;
    return { schedulerWorks, storageWorks: true, pauses: 0, discardedChecks: 0 };
  }

  /** Waits its turn, and then looks at what is left to do: of those who wait, one at a time goes on. */
  async #run(isDue: IsDue): Promise<boolean> {
    const { clock } = this.#dependencies;
    while (this.#running) {
      const waitedFor = this.#running;
      await Promise.race([waitedFor, clock.sleep(LONGEST_WAIT_MS)]);
      if (this.#running === waitedFor) this.#running = null;
    }
    const running = this.#probeAndCommit(isDue).finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }

  /** False when storage failed for good. */
  async #probeAndCommit(isDue: IsDue): Promise<boolean> {
    const { store, clock } = this.#dependencies;
    try {
      const previous = await store.readSnapshot();
      const last = previous?.moment.checks;
      const nowMs = clock.nowMs();
      const due = this.#cluster.services.filter((service) => isDue(service, last?.get(service.id), nowMs));
      const committer = new RoundCommitter(this.#dependencies, this.#cluster, previous);
      await this.#probe(quickOnesFirst(due, previous), committer);
      await committer.commit();
      return true;
    } catch (error) {
      this.#tell("the round failed", error);
      return false;
    }
  }

  /**
   * Looks again at what has just begun to fail or to recover, since the next round is a minute away. Whoever wants to look
   * meanwhile may. At the end nothing is left waiting for others.
   */
  async #decide(): Promise<void> {
    const { clock, store } = this.#dependencies;
    const { services, servicesById, alerting } = this.#cluster;
    const untilMs = clock.monotonicMs() + DECIDE_WITHIN_MS;
    try {
      for (;;) {
        const previous = await store.readSnapshot();
        const undecided = previous && undecidedServices(previous.alerting, servicesById, alerting.connectivityTargets);
        const intervals = services.filter(({ id }) => undecided?.has(id)).map(({ intervalMs }) => intervalMs);
        const waitMs = recheckMs(Math.min(...intervals));
        if (clock.monotonicMs() + waitMs > untilMs) {
          await new RoundCommitter(this.#dependencies, this.#cluster, previous).commit({ isLast: true });
          return;
        }
        await clock.sleep(waitMs);
        const isOld: IsDue = ({ id }, last, nowMs) =>
          undecided?.has(id) === true && nowMs - (last?.checkedAtMs ?? 0) >= waitMs / 2;
        await this.#run(isOld);
      }
    } catch (error) {
      this.#tell("the round failed", error);
    }
  }

  /** What cannot be sent now waits in the outbox for the next round. */
  async #deliver(withinMs: number): Promise<void> {
    const { deliverer, clock } = this.#dependencies;
    try {
      const untilMs = clock.nowMs() + withinMs;
      for (let dueMs = clock.nowMs(); dueMs <= untilMs;) {
        await clock.sleep(Math.max(0, dueMs - clock.nowMs()));
        dueMs = await deliverer.deliverDue();
      }
    } catch (error) {
      this.#tell("the outbox does not work", error);
    }
  }

  #tell(message: string, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#dependencies.log.write("error", message, { error: text });
  }

  async #probe(services: readonly MonitoredService[], committer: RoundCommitter): Promise<void> {
    const waiting = [...services];
    const work = async (): Promise<void> => {
      for (let service = waiting.shift(); service; service = waiting.shift()) {
        committer.add(await probeService(service, this.#dependencies));
      }
    };
    const stopCommitting = this.#commitNowAndThen(committer);
    await Promise.all(Array.from({ length: MOST_AT_ONCE }, work));
    stopCommitting();
  }

  #commitNowAndThen(committer: RoundCommitter): () => void {
    const { clock } = this.#dependencies;
    let cancel = (): void => {};
    const arm = (): void => {
      cancel = clock.after(COMMIT_EVERY_MS, () => {
        // What could not be stored is still held; the commit at the end of the round reports it.
        committer.commit().catch(() => {});
        arm();
      });
    };
    arm();
    return () => cancel();
  }
}

const TAKES_LONG: ReadonlySet<CheckStatus> = new Set(["timeout", "degraded"]);

/** What was slow the last time comes last, so that it delays no other. */
function quickOnesFirst(services: readonly MonitoredService[], previous: Snapshot | null): MonitoredService[] {
  const statusOf = ({ id }: MonitoredService) => previous?.moment.checks.get(id)?.status ?? "unknown";
  const isSlow = (service: MonitoredService) => Number(TAKES_LONG.has(statusOf(service)));
  return services.toSorted((left, right) => isSlow(left) - isSlow(right));
}
