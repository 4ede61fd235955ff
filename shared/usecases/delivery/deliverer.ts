/**
 * Empties the outbox: of each channel and recipient one message at a time, so that none waits for another. Send, then mark as sent.
 * Woken by a commit that has something to tell, by time, and by cron on Workers. Calls the outbox and the channels.
 * Invariants: what was not marked is sent again, under the same id; what this process has sent it never sends again, even while
 * storage fails (see outbox-switch.ts); messages about one alert keep their order on each channel; what waits for too long is told to
 * another channel as well.
 */
import { SILENT_AFTER_MS } from "../../domain/alerting/failover.ts";
import type { Notification } from "../../domain/alerting/notification.ts";
import { isBySameClock } from "../../domain/monitoring/first-setting.ts";
import { dueFrom } from "../../domain/monitoring/clock-lead.ts";
import { DAY_MS } from "../../domain/text/timestamp.ts";
import type { Channel, DeliveryContext, DeliveryFailure, DeliveryOutcome } from "../../ports/notifier.ts";
import type { Outbox } from "../../ports/outbox.ts";
import { deliverOnce, timeLimit } from "./deliver-once.ts";
import { concludeAttempt, tellElsewhere, type Attempt, type ResultUses } from "./delivery-result.ts";
import { replaceBy, takeOver } from "./pass-on.ts";
import { NOTHING, sortWaiting, type Look, type Ready, type Waiting } from "./sort-waiting.ts";

/** May we deliver? If not, what is old is left to the primary. */
export interface Permission {
  readonly isGranted: boolean;
  /** When to ask again, epoch ms; Infinity: whenever there is something to deliver. */
  readonly askAgainMs: number;
}

const ALWAYS: Permission = { isGranted: true, askAgainMs: Infinity };

export interface DeliveryDependencies extends ResultUses, Omit<DeliveryContext, "timeoutMs"> {
  /** For a process that stays: over the stored one, so that storage may fail (outbox-switch.ts). */
  readonly outbox: Outbox;
  /** Asked each time. Default: always. */
  mayDeliver?(): Promise<Permission>;
}

/** Whoever took a message and died holds it up so long; what takes longer is claimed anew in between. */
const LONGEST_CLAIM_MS = 10_000;

/** A claim lasts longer than the delivery can take. */
const CLAIM_MARGIN_MS = 2_000;

/** Of a claim, what must be left after a delivery to write down what became of it. */
const SETTLE_WITHIN_MS = 1_000;

/** After a day the message is history; somebody else is told that it did not get through. */
const GIVE_UP_AFTER_MS = DAY_MS;

/** An outbox that failed is asked again then, while channels are at work. */
const AFTER_FAULT_MS = 1_000;

interface Fault {
  readonly error: unknown;
  /** Not to be tried before, epoch ms. */
  readonly untilMs: number;
}

export class Deliverer {
  readonly #dependencies: DeliveryDependencies;
  /** Channels that are sending, by name, and since when. */
  readonly #atWork = new Map<string, { readonly work: Promise<void>; readonly sinceMs: number }>();
  /** How often one of them has ended. */
  #endings = 0;
  /** Of what is told elsewhere. */
  #turns: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(dependencies: DeliveryDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Sends what is due; resolves with the instant (epoch ms) at which more will be due, Infinity when nothing waits. While one
   * channel takes its time the others go on. Several callers share what is under way. Rejects when the outbox does not work.
   */
  async deliverDue(): Promise<number> {
    const { isGranted, askAgainMs } = (await this.#dependencies.mayDeliver?.()) ?? ALWAYS;
    return Math.min(askAgainMs, isGranted ? await this.#deliverAll() : await this.#leaveToPrimary());
  }

  /** Lets deliveries under way end; begins none any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#atWork.values()].map(({ work }) => work));
  }

  async #deliverAll(): Promise<number> {
    const { clock } = this.#dependencies;
    let fault: Fault = { error: null, untilMs: -Infinity };
    const keepFault = (error: unknown): void => {
      fault = { error, untilMs: clock.nowMs() + AFTER_FAULT_MS };
    };
    for (;;) {
      const endings = this.#endings;
      const { ready, overdue, nextDueMs } = clock.nowMs() < fault.untilMs ? NOTHING : await this.#look(keepFault);
      // What has ended meanwhile may have changed what there is to see.
      if (endings !== this.#endings) continue;
      await Promise.all(overdue.map((each) => this.#tellElsewhere(each).catch(keepFault)));
      if (overdue.length > 0) continue;
      for (const each of ready) this.#begin(each, keepFault);
      const isFailing = clock.nowMs() < fault.untilMs;
      if (this.#atWork.size > 0) await this.#untilNext(isFailing ? fault.untilMs : nextDueMs);
      else if (isFailing) throw fault.error;
      else return nextDueMs;
    }
  }

  /** Until a channel at work has ended, or until another one has something to do. */
  async #untilNext(dueMs: number): Promise<void> {
    const { clock } = this.#dependencies;
    let cancel = (): void => {};
    const isDue = new Promise<void>((resolve) => {
      if (dueMs < Infinity) cancel = clock.after(Math.max(1, dueMs - clock.nowMs()), resolve);
    });
    await Promise.race([...[...this.#atWork.values()].map(({ work }) => work), isDue]);
    cancel();
  }

  /** Leaves out the channels at work. */
  async #look(onFault: (error: unknown) => void): Promise<Look> {
    try {
      const waiting = await this.#dependencies.outbox.listPending();
      const states = await this.#dependencies.outbox.channelStates();
      if (this.#stopped) return NOTHING;
      const sinceMs = new Map([...this.#atWork].map(([name, each]) => [name, each.sinceMs]));
      const { clock, channels } = this.#dependencies;
      return sortWaiting(waiting, { states, channels: channels(), sinceMs, nowMs: clock.nowMs() });
    } catch (error) {
      onFault(error);
      return NOTHING;
    }
  }

  /** One after the other, as refusals. */
  #tellElsewhere({ state, pending: { id } }: Waiting): Promise<void> {
    const { outbox, clock } = this.#dependencies;
    return this.#inTurn(async () => {
      const text = await outbox.peek(id);
      const ended = {
        id,
        atMs: clock.nowMs(),
        settlement: { kind: "elsewhere" },
        channel: null,
        forwarded: [],
      } as const;
      await outbox.settle(text ? await tellElsewhere(text.notification, state, this.#dependencies) : ended);
    });
  }

  #begin(ready: Ready, onFault: (error: unknown) => void): void {
    const { name, channel } = ready;
    const work = async (): Promise<void> => {
      try {
        await this.#attempt(ready);
        const gapMs = channel?.recipients?.length ? 0 : (channel?.shortestGapMs ?? 0);
        if (gapMs > 0) await this.#dependencies.clock.sleep(gapMs);
      } catch (error) {
        onFault(error);
      }
      this.#atWork.delete(name);
      this.#endings += 1;
    };
    this.#atWork.set(name, { sinceMs: this.#dependencies.clock.nowMs(), work: work() });
  }

  /** What is younger is kept: the primary may have died before it could tell it. */
  async #leaveToPrimary(): Promise<number> {
    const { outbox, clock } = this.#dependencies;
    const atMs = clock.nowMs();
    const settlement = { kind: "failed", failure: "left_to_primary" } as const;
    for (const { id, createdAtMs } of await outbox.listPending()) {
      if (atMs - dueFrom(createdAtMs, atMs - SILENT_AFTER_MS) < SILENT_AFTER_MS) continue;
      await outbox.settle({ id, atMs, settlement, channel: null, forwarded: [] });
    }
    return Infinity;
  }

  async #attempt(ready: Ready): Promise<void> {
    const { channel, state, pending } = ready;
    const { id, createdAtMs } = pending;
    const { clock, outbox } = this.#dependencies;
    const nowMs = clock.nowMs();
    const untilMs = nowMs + Math.min(timeLimit(channel), LONGEST_CLAIM_MS) + CLAIM_MARGIN_MS;
    const claimed = await outbox.claim(id, { nowMs, untilMs });
    if (!claimed) return;
    const { attempts } = claimed;
    const passOn = async (): Promise<Notification | null> => {
      const { others, notification: own } = await takeOver(claimed.notification, ready, this.#dependencies);
      if (others) await outbox.settle(replaceBy(others, { id, createdAtMs, nowMs }));
      return own;
    };
    const notification = await (channel ? passOn() : this.#inTurn(passOn));
    if (!notification) return;
    const stopHolding = this.#hold(id, { attempt: attempts, endMs: nowMs + timeLimit(channel) });
    const outcome = await this.#deliver(channel, { notification, untilMs: untilMs - SETTLE_WITHIN_MS });
    stopHolding();
    // Storage took so long that the claim is about to lapse: whoever takes it next sends it.
    if (!outcome) return;
    const hasWaited = isBySameClock(createdAtMs, nowMs) && nowMs - createdAtMs >= GIVE_UP_AFTER_MS;
    const isTooOld = outcome.kind === "deferred" && hasWaited;
    const final: DeliveryOutcome = isTooOld ? { ...outcome, kind: "refused", reason: "gave_up" } : outcome;
    await this.#conclude(notification, { outcome: final, state, attempts });
  }

  /** Renews the claim of a delivery that takes longer than a claim lasts. Returns what ends that. */
  #hold(id: string, { attempt, endMs }: { readonly attempt: number; readonly endMs: number }): () => void {
    const { clock, outbox } = this.#dependencies;
    let cancel = (): void => {};
    const renewLater = (): void => {
      cancel = clock.after(LONGEST_CLAIM_MS / 2, () => {
        const nowMs = clock.nowMs();
        if (nowMs >= endMs) return;
        // When storage fails, nobody else can take it either.
        void outbox.extend(id, { attempt, untilMs: nowMs + LONGEST_CLAIM_MS + CLAIM_MARGIN_MS }).catch(() => {});
        renewLater();
      });
    };
    if (endMs - clock.nowMs() > LONGEST_CLAIM_MS) renewLater();
    return () => cancel();
  }

  /** Refusals one after the other: of two channels that refuse the same at once, the second must see that the first did. */
  #conclude(notification: Notification, attempt: Attempt): Promise<void> {
    const { outbox } = this.#dependencies;
    const settle = async (): Promise<void> =>
      outbox.settle(await concludeAttempt(notification, attempt, this.#dependencies));
    return attempt.outcome.kind === "refused" ? this.#inTurn(settle) : settle();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turns.then(work);
    this.#turns = Promise.allSettled([turn]);
    return turn;
  }

  /** Null when there is no time left for it. */
  async #deliver(
    channel: Channel | null,
    { notification, untilMs }: { notification: Notification; untilMs: number },
  ): Promise<DeliveryOutcome | null> {
    if (channel === null) return refused("not_configured", "The channel is not configured any more");
    const { clock, outbox } = this.#dependencies;
    if (channel.dailyCap !== null) {
      const sent = await outbox.countSentSince(channel.name, clock.nowMs() - DAY_MS);
      if (sent >= channel.dailyCap) return refused("daily_cap", `${sent} messages in 24 hours are as many as allowed`);
    }
    const leftMs = untilMs - clock.nowMs();
    const limitMs = timeLimit(channel);
    const timeoutMs = limitMs > LONGEST_CLAIM_MS ? limitMs : Math.min(limitMs, leftMs);
    return leftMs <= 0 ? null : deliverOnce(channel, notification, { ...this.#dependencies, timeoutMs });
  }
}

function refused(reason: DeliveryFailure, message: string): DeliveryOutcome {
  return { kind: "refused", reason, message };
}
