/**
 * Who probes and delivers: on its own clock where the process stays alive, in rounds where the platform wakes us.
 * Made by compose.ts, which needs not know which of the two it has.
 * Invariant: what either of them tells people has gone through the outbox.
 */
import type { AlertCommand } from "../../shared/domain/alerting/alert-commands.ts";
import type { AlertingState } from "../../shared/domain/alerting/alerting-state.ts";
import type { Primary } from "../../shared/domain/alerting/failover.ts";
import { createCommitPoll } from "../../shared/common/commit-poll.ts";
import { CommitWaker } from "../../shared/common/commit-waker.ts";
import { SnapshotCache, type CachedSnapshot } from "../../shared/common/snapshot-cache.ts";
import { steadyClock, type SteadyClockOptions } from "../../shared/common/steady-clock.ts";
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { DAY_MS } from "../../shared/domain/text/timestamp.ts";
import type { Clock } from "../../shared/ports/clock.ts";
import type { Channel } from "../../shared/ports/notifier.ts";
import type { Cluster } from "../../shared/usecases/cluster.ts";
import { Deliverer } from "../../shared/usecases/delivery/deliverer.ts";
import { DeliveryLoop } from "../../shared/usecases/delivery/delivery-loop.ts";
import { findNewReceivers } from "../../shared/usecases/delivery/new-receivers.ts";
import { OutboxSwitch } from "../../shared/usecases/delivery/outbox-switch.ts";
import { listReceivers } from "../../shared/usecases/delivery/remediation-channels.ts";
import { createStandby } from "../../shared/usecases/delivery/standby.ts";
import { ProbeLoop } from "../../shared/usecases/probing/probe-loop.ts";
import { ProbeRounds } from "../../shared/usecases/probing/probe-rounds.ts";
import type { MonitorContext } from "../context.ts";
import type { Runtime, RuntimeDatabase, RuntimeProcess } from "../runtime.ts";
import type { ConfigurationInForce } from "./configuration.ts";
import type { Storage } from "../storage.ts";

type ForContext = "clock" | "startedAtMs" | "snapshots" | "commits" | "sweeper" | "outbox";

export interface Probing extends Pick<MonitorContext, ForContext> {
  /** The newest snapshot if it is in memory. */
  peek(nowMs: number): CachedSnapshot | null;
  start(): Promise<void>;
  /** Resolves when the next commit goes by it. */
  replaceCluster(cluster: Cluster): Promise<void>;
  /** Lets nobody wait for a commit any more. */
  drain(): void;
  stop(): Promise<void>;
}

export interface ProbingParts {
  readonly runtime: Runtime;
  readonly database: RuntimeDatabase;
  readonly storage: Storage;
  readonly configuration: ConfigurationInForce;
}

export function createProbing(parts: ProbingParts): Promise<Probing> {
  const { process } = parts.runtime;
  return process ? probeByTheClock(parts, process) : probeInRounds(parts);
}

/** Less is what clocks do. */
const MINUTE_MS = 60_000;

function startClock({ clock, log }: Runtime, options: SteadyClockOptions): Clock {
  const { floorMs, settlesInMs } = options;
  const behindMs = floorMs - clock.nowMs();
  if (behindMs > DAY_MS && settlesInMs > 0) {
    const fields = { behind: formatDuration(behindMs), believed_in: formatDuration(settlesInMs) };
    log.write(
      "warn",
      "the clock is behind what is stored, as it may be after booting: waiting for it to be set",
      fields,
    );
  }
  if (behindMs > MINUTE_MS && behindMs <= DAY_MS)
    log.write("warn", "the clock is behind what is stored: time is slow until it has caught up", {
      behind: formatDuration(behindMs),
    });
  return steadyClock(clock, options);
}

async function probeByTheClock(parts: ProbingParts, { clockSettlesInMs, turns }: RuntimeProcess): Promise<Probing> {
  const { runtime, database, storage, configuration } = parts;
  const { log, http, hostStats, random, resolveName } = runtime;
  const { store } = storage;
  // Storage that fails now is tried again by every commit.
  const newest = await store.readSnapshot().catch(() => null);
  const clock = startClock(runtime, { floorMs: newest?.moment.atMs ?? 0, settlesInMs: clockSettlesInMs });
  const startedAtMs = clock.nowMs();
  const cache = new SnapshotCache(store, () => database.dataVersion());
  const commits = new CommitWaker({ clock, nextTurn: () => turns.next() });
  const apply = (command: AlertCommand): Promise<unknown> => loop.apply(command);
  const { outbox, deliverer } = createDelivery(parts, clock, apply);
  const delivery = new DeliveryLoop(deliverer, { clock, log });
  const uses = { clock, log, hostStats, random, startedAtMs, store, http, resolveName };
  const loop = new ProbeLoop(
    {
      ...uses,
      faults: () => database.faults(),
      onSnapshot(snapshot) {
        cache.put(snapshot);
        commits.wakeFor(snapshot);
      },
      onNews(news) {
        outbox.tell(news);
        delivery.wake();
      },
    },
    configuration.current.cluster,
  );
  const news = receiverNews({ outbox: storage.outbox, log, cache, loop });
  return {
    clock,
    startedAtMs,
    snapshots: cache,
    commits,
    sweeper: loop,
    outbox,
    peek: (nowMs) => cache.peek(nowMs),
    async start() {
      news.announce(await news.find(configuration.current.cluster));
      await loop.start();
      // Whatever was decided before a restart.
      delivery.wake();
    },
    async replaceCluster(cluster) {
      const command = await news.find(cluster);
      // Both at once: what is decided by the one knows of the other.
      loop.replaceCluster(cluster);
      news.announce(command);
      // A channel that was repaired takes at once what waits.
      delivery.wake();
      // As does who waits for a service that is gone, or with a token that is.
      commits.wake();
    },
    drain: () => commits.end(),
    stop: () => loop.stop().then(() => delivery.stop()),
  };
}

interface NewsUses extends Pick<Runtime, "log"> {
  readonly outbox: Storage["outbox"];
  readonly cache: SnapshotCache;
  readonly loop: ProbeLoop;
}

/** Who is new when a configuration comes into force, and telling them. */
function receiverNews({ outbox, log, cache, loop }: NewsUses) {
  const alerting = async (): Promise<AlertingState | null> => (await cache.read())?.alerting ?? null;
  return {
    find: (cluster: Cluster) => findNewReceivers(cluster, { outbox, log, alerting }),
    announce(command: AlertCommand | null): void {
      if (command === null) return;
      loop.apply(command).catch((error: unknown) => {
        log.write("warn", "new receivers could not be stored", { error: String(error) });
      });
    },
  };
}

async function probeInRounds(parts: ProbingParts): Promise<Probing> {
  const { runtime, storage, configuration } = parts;
  const { clock, log, http, hostStats, random, resolveName } = runtime;
  const { store } = storage;
  const apply = (command: AlertCommand): Promise<unknown> => sweeper.apply(command);
  const { outbox, deliverer } = createDelivery(parts, clock, apply);
  const onNews = outbox.tell.bind(outbox);
  const sweeper = new ProbeRounds(
    {
      clock,
      log,
      hostStats,
      startedAtMs: null,
      store,
      http,
      resolveName,
      random,
      outbox: storage.outbox,
      deliverer,
      onNews,
    },
    configuration.current.cluster,
  );
  return {
    clock,
    startedAtMs: null,
    snapshots: { read: () => store.readSnapshot() },
    commits: createCommitPoll(clock),
    sweeper,
    outbox,
    peek: () => null,
    start: async () => {},
    replaceCluster: async () => {},
    drain() {},
    stop: () => deliverer.stop(),
  };
}

function createDelivery(
  { runtime, storage, configuration }: ProbingParts,
  clock: Clock,
  apply: (command: AlertCommand) => Promise<unknown>,
): { outbox: OutboxSwitch; deliverer: Deliverer } {
  const { log, http, random, resolveName, runCommand } = runtime;
  const outbox = new OutboxSwitch(storage.outbox, log);
  const remediating = { apply, ...(runCommand && { runCommand }) };
  const channels = (): readonly Channel[] => listReceivers(configuration.current.cluster, remediating);
  const uses = { clock, http, log, resolveName };
  const primary = (): Primary | null => configuration.current.config.primary;
  const mayDeliver = createStandby({ ...uses, occasions: storage.occasions, primary });
  return { outbox, deliverer: new Deliverer({ ...uses, outbox, random, channels, mayDeliver }) };
}
