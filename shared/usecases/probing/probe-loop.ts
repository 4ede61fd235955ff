/**
 * The heart of a runtime that stays alive: every service is probed alone, on its own clock.
 * Started by the Node runtime; calls probe-service and hands finished checks to the committer.
 * Invariant: a service is probed at most once at a time, and nothing that one service does delays another while there are slots.
 */
import type { AlertCommand, CommandOutcome } from "../../domain/alerting/alert-commands.ts";
import type { Check } from "../../domain/monitoring/check.ts";
import { isOlderThan, nextDueMs, phaseOffsetMs, recheckMs } from "../../domain/monitoring/schedule.ts";
import type { MonitoredService } from "../../ports/prober.ts";
import type { Snapshot, Store } from "../../ports/store.ts";
import type { Sweeper, SweeperStatus } from "../../ports/sweeper.ts";
import { intervalsInForce } from "../cadence.ts";
import type { Cluster } from "../cluster.ts";
import { createPauseDetector, type PauseDetector } from "./pause-detector.ts";
import { Baselines } from "./memories.ts";
import { ProbeSlots } from "./probe-slots.ts";
import { probeService, type ProbeDependencies } from "./probe-service.ts";
import { LASTING } from "../sweeping/commit-policy.ts";
import { Committer } from "../sweeping/committer.ts";
import type { CommitterDependencies } from "../sweeping/committer-dependencies.ts";

export type LoopDependencies = CommitterDependencies & ProbeDependencies & { readonly store: Store };

/** First checks are spread by this much a service, so that a thousand do not start in one tick. */
const FIRST_SPREAD_MS = 5;

/** After a pause everything is late at once; a second lets the machine catch up before looking again. */
const AFTER_PAUSE_MS = 1_000;

/** A service this late means that the scheduler does not work. */
const OVERDUE_MS = 5_000;

interface Entry {
  service: MonitoredService;
  intervalMs: number;
  dueMs: number;
  cancel: () => void;
  isProbing: boolean;
  /** Resolves when the check in progress has been committed; null when there is none to wait for. */
  settled: Promise<void> | null;
}

export class ProbeLoop implements Sweeper {
  readonly #dependencies: LoopDependencies;
  readonly #committer: Committer;
  readonly #baselines: Baselines;
  readonly #slots: ProbeSlots;
  readonly #pauses: PauseDetector;
  readonly #entries = new Map<string, Entry>();
  #cluster: Cluster;
  #discardedChecks = 0;
  #stopped = false;

  constructor(dependencies: LoopDependencies, cluster: Cluster) {
    this.#dependencies = dependencies;
    this.#cluster = cluster;
    const onSnapshot = (snapshot: Snapshot): void => {
      dependencies.onSnapshot?.(snapshot);
      this.#adaptCadence(snapshot);
    };
    this.#committer = new Committer({ ...dependencies, onSnapshot }, LASTING, cluster);
    this.#slots = new ProbeSlots(cluster.maxConcurrentProbes);
    this.#baselines = new Baselines(dependencies.store, dependencies.log);
    this.#pauses = createPauseDetector(dependencies.clock, (durationMs) => {
      dependencies.log.write("warn", "monitor was paused", { duration_ms: Math.round(durationMs) });
      this.#lookAgain();
    });
  }

  /** Publishes what is known, then begins to probe. */
  async start(): Promise<void> {
    // What cannot be read now is met by the first commit that works.
    await this.#committer.begin();
    this.#adopt(this.#cluster);
  }

  /** Replaces the configuration: services that stay keep their state, probes in flight end and count. */
  replaceCluster(cluster: Cluster): void {
    this.#cluster = cluster;
    this.#committer.replaceCluster(cluster);
    this.#slots.setLimit(cluster.maxConcurrentProbes);
    this.#adopt(cluster);
  }

  /** Stops probing and commits the checks that have finished; probes in flight are abandoned. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pauses.stop();
    for (const { cancel } of this.#entries.values()) cancel();
    try {
      await this.#committer.end();
    } catch (error) {
      const checks = this.#committer.heldChecks;
      this.#dependencies.log.write("error", "checks could not be stored", { checks, error: String(error) });
    }
  }

  async refresh(maxAgeMs: number): Promise<void> {
    const old = this.#entriesOlderThan(() => maxAgeMs);
    await Promise.all(old.map((entry) => entry.settled ?? this.#run(entry)));
  }

  apply(command: AlertCommand): Promise<CommandOutcome> {
    return this.#committer.apply(command);
  }

  /** The loop needs no cron. */
  async round(): Promise<void> {}

  status(): SweeperStatus {
    const nowMs = this.#dependencies.clock.monotonicMs();
    const overdue = [...this.#entries.values()].some(({ dueMs, isProbing, service }) => {
      // While a probe runs `dueMs` is when it began.
      return nowMs - dueMs > OVERDUE_MS + (isProbing ? 2 * service.timeoutMs : 0);
    });
    return {
      schedulerWorks: !overdue && !this.#stopped,
      storageWorks: this.#committer.storageWorks,
      pauses: this.#pauses.count(),
      discardedChecks: this.#discardedChecks,
    };
  }

  #entriesOlderThan(maxAgeMs: (entry: Entry) => number): Entry[] {
    const nowMs = this.#dependencies.clock.nowMs();
    const last = this.#committer.snapshot?.moment.checks;
    return [...this.#entries.values()].filter((entry) => {
      return isOlderThan(last?.get(entry.service.id), maxAgeMs(entry), nowMs);
    });
  }

  /** The schedule does not know of a suspend: without this, evidence would be too old for up to an interval. */
  #lookAgain(): void {
    const nowMs = this.#dependencies.clock.monotonicMs();
    for (const [index, entry] of this.#entriesOlderThan(({ intervalMs }) => intervalMs).entries()) {
      const dueMs = nowMs + AFTER_PAUSE_MS + index * FIRST_SPREAD_MS;
      if (!entry.isProbing && dueMs < entry.dueMs) this.#arm(entry, dueMs);
    }
  }

  #adopt(cluster: Cluster): void {
    for (const [id, entry] of this.#entries) {
      if (cluster.servicesById.has(id)) continue;
      entry.cancel();
      this.#entries.delete(id);
    }
    const spreadMs = cluster.services.length * FIRST_SPREAD_MS;
    for (const service of cluster.services) {
      const { id, intervalMs } = service;
      const known = this.#entries.get(id);
      const entry = known ?? { service, intervalMs, dueMs: 0, cancel: () => {}, isProbing: false, settled: null };
      this.#entries.set(id, Object.assign(entry, { service, intervalMs }));
      const firstMs = phaseOffsetMs(id, Math.max(1, Math.min(intervalMs, spreadMs)));
      if (!known) this.#arm(entry, this.#dependencies.clock.monotonicMs() + firstMs);
      else if (!known.isProbing) this.#arm(known, this.#nextDue(known));
    }
  }

  #arm(entry: Entry, dueMs: number): void {
    entry.cancel();
    if (this.#stopped) return;
    const { clock } = this.#dependencies;
    entry.dueMs = dueMs;
    entry.cancel = clock.after(Math.max(0, dueMs - clock.monotonicMs()), () => void this.#run(entry));
  }

  #nextDue({ service, intervalMs }: Entry): number {
    return nextDueMs(this.#dependencies.clock.monotonicMs(), intervalMs, phaseOffsetMs(service.id, intervalMs));
  }

  /** Begins a probe unless one is running; resolves when its check has been committed or discarded. */
  #run(entry: Entry): Promise<void> {
    if (this.#stopped || entry.isProbing) return Promise.resolve();
    entry.cancel();
    entry.dueMs = this.#dependencies.clock.monotonicMs();
    entry.isProbing = true;
    const settled = this.#check(entry).finally(() => {
      if (entry.settled === settled) entry.settled = null;
    });
    entry.settled = settled;
    return settled;
  }

  async #check(entry: Entry): Promise<void> {
    const { clock, log } = this.#dependencies;
    let startMs = entry.dueMs;
    const check = await this.#slots.use({ critical: entry.service.critical, dueMs: entry.dueMs }, async () => {
      startMs = entry.dueMs = clock.monotonicMs();
      if (this.#isAbandoned(entry)) return null;
      const previous = this.#committer.lastCheck(entry.service.id);
      return probeService(entry.service, this.#dependencies, { previous, baselines: this.#baselines });
    });
    void this.#baselines.write();
    entry.isProbing = false;
    if (check === null || this.#isAbandoned(entry)) return;
    if (this.#pauses.pausedSince(startMs)) {
      this.#discardedChecks += 1;
      log.write("warn", "check discarded", { service: entry.service.id, reason: "monitor_paused" });
      this.#arm(entry, clock.monotonicMs() + AFTER_PAUSE_MS);
      return;
    }
    if (this.#isNews(check)) entry.intervalMs = Math.min(entry.intervalMs, recheckMs(entry.service.intervalMs));
    this.#arm(entry, this.#nextDue(entry));
    await this.#committer.add(check);
  }

  /** Nobody wants to know any more. */
  #isAbandoned(entry: Entry): boolean {
    return this.#stopped || this.#entries.get(entry.service.id) !== entry;
  }

  /** What begins to fail is looked at again soon, without waiting for the commit that says so. */
  #isNews({ serviceId, status }: Check): boolean {
    const last = this.#committer.snapshot?.moment.checks.get(serviceId);
    return status !== "healthy" && status !== "maintenance" && (!last || last.status === "healthy");
  }

  #adaptCadence(snapshot: Snapshot): void {
    const intervals = intervalsInForce(this.#cluster, snapshot);
    for (const entry of this.#entries.values()) {
      const intervalMs = intervals.get(entry.service.id) ?? entry.intervalMs;
      if (intervalMs === entry.intervalMs) continue;
      entry.intervalMs = intervalMs;
      if (!entry.isProbing) this.#arm(entry, Math.min(entry.dueMs, this.#nextDue(entry)));
    }
  }
}
