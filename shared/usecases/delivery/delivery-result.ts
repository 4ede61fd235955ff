/**
 * What an attempt means: for the message, for its channel, and for the other channels.
 * Called by the deliverer, which writes it down. Invariants: within the times of back-off, and never before the receiver said so;
 * what one channel does not take goes to one other that has nothing about the same, and nowhere twice.
 */
import { backoffMs } from "../../domain/alerting/backoff.ts";
import { fnv1a } from "../../domain/text/fnv1a.ts";
import type { Notification } from "../../domain/alerting/notification.ts";
import { isRemediation } from "../../domain/alerting/remediation.ts";
import { channelsAbout } from "../../domain/alerting/same-message.ts";
import type { Clock } from "../../ports/clock.ts";
import { SafeText, type Log } from "../../ports/log.ts";
import type { Channel, DeliveryFailure, DeliveryOutcome } from "../../ports/notifier.ts";
import type { AttemptResult, ChannelState, Outbox } from "../../ports/outbox.ts";

/**
 * A message that its receiver fails over must not keep others from it for longer than this; a receiver that fails over all of
 * them is asked twice a minute.
 */
const LONGEST_SILENCE_MS = 30_000;

export interface ResultUses {
  readonly outbox: Pick<Outbox, "channelStates" | "listDecidedNear">;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 ≤ result < 1. */
  random(): number;
  /** Those of the configuration in force. */
  channels(): readonly Channel[];
}

export interface Attempt {
  readonly outcome: DeliveryOutcome;
  /** Of the channel, before it. */
  readonly state: ChannelState;
  /** This one included. */
  readonly attempts: number;
}

export async function concludeAttempt(
  notification: Notification,
  { outcome, state, attempts }: Attempt,
  uses: ResultUses,
): Promise<AttemptResult> {
  const { clock, random, log } = uses;
  const { id } = notification;
  const atMs = clock.nowMs();
  const ended = { id, atMs, forwarded: [] };
  const fields = { channel: state.name, id, type: notification.type, attempts };
  if (outcome.kind === "accepted") {
    log.write("info", "notification sent", fields);
    const settlement = { kind: "sent", receipt: outcome.receipt } as const;
    return { ...ended, settlement, channel: { ...untouched(state.name), sentAtMs: atMs } };
  }
  const { reason, message } = outcome;
  log.write("warn", `notification ${outcome.kind}`, { ...fields, reason, error: new SafeText(message) });
  const failed = { ...state, failures: state.failures + 1, failure: reason, message, failedAtMs: atMs };
  if (outcome.kind === "deferred") {
    const askedMs = outcome.retryAfterMs ?? 0;
    const dueMs = atMs + Math.max(askedMs, backoffMs(attempts, random()));
    const silenceMs = Math.max(askedMs, Math.min(LONGEST_SILENCE_MS, backoffMs(failed.failures, random())));
    const settlement = { kind: "again", dueMs, failure: reason, attempt: attempts } as const;
    return { ...ended, settlement, channel: { ...failed, notBeforeMs: atMs + silenceMs } };
  }
  const isItsFault = reason !== "daily_cap" && reason !== "not_configured";
  const channel = isItsFault ? { ...failed, isBroken: true } : null;
  const forwarded = await forward(notification, { from: state.name, failure: reason }, uses);
  return { ...ended, settlement: { kind: "failed", failure: reason }, channel, forwarded };
}

/** The state of a channel that nobody has used. */
export function untouched(name: string): ChannelState {
  return {
    name,
    failures: 0,
    isBroken: false,
    failure: null,
    message: null,
    notBeforeMs: 0,
    sentAtMs: null,
    failedAtMs: null,
  };
}

async function forward(
  notification: Notification,
  { from, failure }: { from: string; failure: DeliveryFailure },
  { outbox, channels, log }: ResultUses,
): Promise<AttemptResult["forwarded"]> {
  // A drill is about its channel; a remediation is not told but done.
  if (notification.alerts.length === 0 || isRemediation(from)) return [];
  const about = channelsAbout(notification, await outbox.listDecidedNear(notification.atMs));
  const failedThere = (name: string): boolean => about.get(name)?.hasFailed ?? false;
  const others = channels().filter(({ name, tier }) => name !== from && tier !== "remediation" && !failedThere(name));
  if (others.some(({ name }) => about.get(name)?.notifiesAll)) return [];
  const broken = new Set((await outbox.channelStates()).filter(({ isBroken }) => isBroken).map(({ name }) => name));
  const rank = ({ name, tier }: Channel): number => (tier === "log" ? 2 : 0) + (broken.has(name) ? 1 : 0);
  const [other] = others.toSorted((left, right) => rank(left) - rank(right));
  if (!other) {
    log.write("error", "nobody could be told", { id: notification.id, channel: from, reason: failure });
    return [];
  }
  const id = `${notification.id}-${fnv1a(other.name).toString(36)}`;
  return [{ channel: other.name, notification: { ...notification, id, insteadOf: { channel: from, failure } } }];
}
