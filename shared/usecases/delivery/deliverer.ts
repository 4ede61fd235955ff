/**
 * Empties the outbox: every channel on its own lane, so that none waits for another. Send, then mark as sent.
 * Woken by a commit that has something to tell, by time, and by cron on Workers. Calls the outbox and the channels.
 * Invariants: what was not marked is sent again, under the same id; what this process has sent it never sends again, even while
 * storage fails (see in-memory-outbox.ts); messages about one alert keep their order on each channel.
 */
import { nextDelivery, type NextDelivery } from "../../domain/alerting/delivery-order.ts";
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { Notification } from "../../domain/alerting/notification.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HttpTransport } from "../../ports/http-transport.ts";
import type { Log } from "../../ports/log.ts";
import type { Channel, DeliveryFailure, DeliveryOutcome } from "../../ports/notifier.ts";
import type { ResolveName } from "../../ports/resolve-name.ts";
import type { ChannelState, Outbox, PendingNotification } from "../../ports/outbox.ts";
import { resultOf, untouched, type Attempt } from "./delivery-result.ts";
import { InMemoryOutbox } from "./in-memory-outbox.ts";

export interface DeliveryDependencies {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly http: HttpTransport;
  readonly log: Log;
  /** Absent on hosts whose platform resolves the names of sockets. */
  readonly resolveName?: ResolveName;
  /** 0 ≤ result < 1. */
  random(): number;
  /** Those of the configuration in force. */
  channels(): readonly Channel[];
}

/** Receivers answer within a second or two; Slack itself gives up on others after three. */
const DELIVERY_TIMEOUT_MS = 10_000;

/** A claim lasts longer than the delivery can take; whoever took it and died holds it up so long. */
const CLAIM_MARGIN_MS = 2_000;

/** Of a claim, what must be left after a delivery to write down what became of it. */
const SETTLE_WITHIN_MS = 1_000;

/** After a day the message is history; somebody else is told that it did not get through. */
const GIVE_UP_AFTER_MS = 86_400_000;

const DAY_MS = 86_400_000;

/** A lane that failed with the storage looks again then, while others are at work. */
const AFTER_FAULT_MS = 1_000;

/** One channel at work. */
interface Lane {
  dueMs: Promise<number>;
  /** Somebody wants it to look again: what is new may have come after its last look. */
  isAsked: boolean;
}

/** How a lane ended: when there is more to do, or what it failed with. */
interface LaneEnd {
  readonly dueMs: number;
  readonly error: unknown;
  /** The last message that waited when it began. */
  readonly newest: string;
}

export class Deliverer {
  readonly #dependencies: DeliveryDependencies;
  readonly #outbox: InMemoryOutbox;
  readonly #lanes = new Map<string, Lane>();
  #refusals: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(dependencies: DeliveryDependencies) {
    this.#dependencies = dependencies;
    this.#outbox = new InMemoryOutbox(dependencies.outbox);
  }

  /** What has just been stored: it goes out also when storage fails from now on. */
  announce(outgoing: readonly Outgoing[]): void {
    this.#outbox.announce(outgoing);
  }

  /** What is decided and could not be stored, all of it: to be delivered from memory. Empty: storage works again. */
  hold(outgoing: readonly Outgoing[]): void {
    this.#outbox.hold(outgoing);
  }

  /**
   * Sends what is due; resolves with the instant (epoch ms) at which more will be due, Infinity when nothing waits. While one
   * channel takes its time the others go on. Several callers share the lanes that are under way. Rejects when the outbox does
   * not work.
   */
  async deliverDue(): Promise<number> {
    const { clock } = this.#dependencies;
    const ends = new Map<string, LaneEnd>();
    const running = new Map<string, Promise<void>>();
    for (;;) {
      for (const [name, newest] of await this.#newest(running.size > 0)) {
        const end = ends.get(name);
        const isDone = end?.newest === newest && end.dueMs > clock.nowMs();
        if (isDone || running.has(name)) continue;
        const keepEnd = async (): Promise<void> => {
          ends.set(name, await this.#endOf(name, newest));
          running.delete(name);
        };
        running.set(name, keepEnd());
      }
      const nextMs = Math.min(Infinity, ...[...ends.values()].map(({ dueMs }) => dueMs));
      const failed = [...ends.values()].find(({ error }) => error !== null);
      if (running.size > 0) await this.#untilNext(running.values(), nextMs);
      else if (failed) throw failed.error;
      else return nextMs;
    }
  }

  /** Lets deliveries under way end; begins none any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled([...this.#lanes.values()].map(({ dueMs }) => dueMs));
  }

  /** Channels that have something to send, each with the last message that waits; nothing of ours may be at work elsewhere. */
  async #newest(isAtWork: boolean): Promise<ReadonlyMap<string, string>> {
    const newest = new Map([...this.#lanes.keys()].map((name) => [name, ""]));
    try {
      for (const { channel, id } of await this.#outbox.listPending()) newest.set(channel, id);
    } catch (error) {
      if (!isAtWork) throw error;
    }
    return this.#stopped ? new Map() : newest;
  }

  /** Until one of these has ended, or until another one has something to do. */
  async #untilNext(running: Iterable<Promise<void>>, nextMs: number): Promise<void> {
    const { clock } = this.#dependencies;
    let cancel = (): void => {};
    const isDue = new Promise<void>((resolve) => {
      if (nextMs < Infinity) cancel = clock.after(Math.max(1, nextMs - clock.nowMs()), resolve);
    });
    await Promise.race([...running, isDue]);
    cancel();
  }

  async #endOf(name: string, newest: string): Promise<LaneEnd> {
    try {
      return { dueMs: await this.#lane(name), error: null, newest };
    } catch (error) {
      return { dueMs: this.#dependencies.clock.nowMs() + AFTER_FAULT_MS, error, newest };
    }
  }

  #lane(name: string): Promise<number> {
    const running = this.#lanes.get(name);
    if (running) {
      running.isAsked = true;
      return running.dueMs;
    }
    const lane: Lane = { isAsked: false, dueMs: Promise.resolve(Infinity) };
    this.#lanes.set(name, lane);
    lane.dueMs = this.#drive(name, lane).finally(() => this.#lanes.delete(name));
    return lane.dueMs;
  }

  async #drive(name: string, lane: Lane): Promise<number> {
    const { clock, channels } = this.#dependencies;
    for (;;) {
      lane.isAsked = false;
      const channel = channels().find((each) => each.name === name) ?? null;
      const { ready, nextDueMs, state } = await this.#next(name, channel);
      if (ready && !this.#stopped) {
        await this.#attempt(ready, { channel, state });
        if (channel && channel.shortestGapMs > 0) await clock.sleep(channel.shortestGapMs);
      } else if (!lane.isAsked || this.#stopped) {
        return nextDueMs;
      }
    }
  }

  async #next(
    name: string,
    channel: Channel | null,
  ): Promise<NextDelivery<PendingNotification> & { state: ChannelState }> {
    const state = (await this.#outbox.channelStates()).find((each) => each.name === name) ?? untouched(name);
    const waiting = (await this.#outbox.listPending()).filter((each) => each.channel === name);
    const nowMs = this.#dependencies.clock.nowMs();
    const next = nextDelivery(waiting, nowMs);
    // A channel that is not configured any more is not waited for.
    if (!next.ready || channel === null || state.notBeforeMs <= nowMs) return { ...next, state };
    return { ready: null, nextDueMs: state.notBeforeMs, state };
  }

  async #attempt(
    { id, createdAtMs }: PendingNotification,
    { channel, state }: { channel: Channel | null; state: ChannelState },
  ): Promise<void> {
    const nowMs = this.#dependencies.clock.nowMs();
    const untilMs = nowMs + (channel?.timeoutMs ?? DELIVERY_TIMEOUT_MS) + CLAIM_MARGIN_MS;
    const claimed = await this.#outbox.claim(id, { nowMs, untilMs });
    if (!claimed) return;
    const { notification, attempts } = claimed;
    const outcome = await this.#deliver(channel, { notification, untilMs: untilMs - SETTLE_WITHIN_MS });
    // Storage took so long that the claim is about to lapse: whoever takes it next sends it.
    if (!outcome) return;
    const isTooOld = outcome.kind === "deferred" && nowMs - createdAtMs >= GIVE_UP_AFTER_MS;
    const final: DeliveryOutcome = isTooOld ? { ...outcome, kind: "refused", reason: "gave_up" } : outcome;
    await this.#conclude(notification, { outcome: final, state, attempts });
  }

  /** Refusals one after the other: of two channels that refuse the same at once, the second must see that the first did. */
  #conclude(notification: Notification, attempt: Attempt): Promise<void> {
    const uses = { ...this.#dependencies, outbox: this.#outbox };
    const settle = async (): Promise<void> => this.#outbox.settle(await resultOf(notification, attempt, uses));
    if (attempt.outcome.kind !== "refused") return settle();
    const turn = this.#refusals.then(settle);
    this.#refusals = turn.catch(() => {});
    return turn;
  }

  /** Null when there is no time left for it. */
  async #deliver(
    channel: Channel | null,
    { notification, untilMs }: { notification: Notification; untilMs: number },
  ): Promise<DeliveryOutcome | null> {
    if (channel === null) return refused("not_configured", "The channel is not configured any more");
    const { clock, http, log, resolveName } = this.#dependencies;
    if (channel.dailyCap !== null) {
      const sent = await this.#outbox.countSentSince(channel.name, clock.nowMs() - DAY_MS);
      if (sent >= channel.dailyCap) return refused("daily_cap", `${sent} messages in 24 hours are as many as allowed`);
    }
    const timeoutMs = Math.min(channel.timeoutMs ?? DELIVERY_TIMEOUT_MS, untilMs - clock.nowMs());
    if (timeoutMs <= 0) return null;
    try {
      return await channel.deliver(notification, { timeoutMs, clock, http, log, ...(resolveName && { resolveName }) });
    } catch (error) {
      // A fault of ours; its text may hold what the channel was given.
      log.write("error", "a channel failed by itself", { channel: channel.name, error: nameOf(error) });
      return { kind: "deferred", reason: "connection", message: "The channel failed by itself", retryAfterMs: null };
    }
  }
}

function refused(reason: DeliveryFailure, message: string): DeliveryOutcome {
  return { kind: "refused", reason, message };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
