/**
 * What an attempt means: for the message, for its channel, and for the other channels.
 * Called by the deliverer, which writes it down. Invariants: within the times of back-off, and never before the receiver said so;
 * what one channel does not take goes to one other that has nothing about the same, and nowhere twice.
 */
import { backoffMs } from "../../domain/alerting/backoff.ts";
import type { Notification } from "../../domain/alerting/notification.ts";
import { channelOf, keyOf } from "../../domain/alerting/recipient.ts";
import { isRemediation } from "../../domain/alerting/remediation.ts";
import { channelsAbout, nearTo, type RelatedMessage } from "../../domain/alerting/same-message.ts";
import type { Clock } from "../../ports/clock.ts";
import { SafeText, type Log } from "../../ports/log.ts";
import type { Channel, DeliveryFailure, DeliveryOutcome } from "../../ports/notifier.ts";
import type { AttemptResult, ChannelState, Outbox } from "../../ports/outbox.ts";
import { knownState, untouched } from "./channel-state.ts";
import { passOn } from "./copies.ts";

/**
 * A message that its receiver fails over must not keep others from it for longer than this; a receiver that fails over all of
 * them is asked twice a minute.
 */
const LONGEST_SILENCE_MS = 30_000;

/** Five minutes, then twice as long each time: whoever answers too late has it after the first attempt, and ten copies after a day. */
const ARRIVED_PAUSE_MS = 300_000;
const LONGEST_ARRIVED_PAUSE_MS = 4 * 3_600_000;

function arrivedPauseMs(attempts: number): number {
  return Math.min(LONGEST_ARRIVED_PAUSE_MS, ARRIVED_PAUSE_MS * 2 ** Math.min(attempts - 1, 10));
}

export interface ResultUses {
  readonly outbox: Pick<Outbox, "channelStates" | "listRelated">;
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
  { outcome: told, state, attempts }: Attempt,
  uses: ResultUses,
): Promise<AttemptResult> {
  const { clock, random, log } = uses;
  const isAnother = isReplaced(state, uses);
  const outcome = isAnother ? forOtherSettings(told) : told;
  const { id } = notification;
  const atMs = clock.nowMs();
  const toWhomItIsNew = notification.catchesUpOn ? { alertIds: notification.alerts.map((alert) => alert.id) } : {};
  const ended = { id, atMs, forwarded: [], ...toWhomItIsNew };
  const fields = { channel: state.name, id, type: notification.type, attempts };
  if (outcome.kind === "accepted") {
    log.write("info", "notification sent", fields);
    const settlement = { kind: "sent", receipt: outcome.receipt } as const;
    const forwarded = isAnother ? toWhoeverIsNew(notification, state) : [];
    return { ...ended, forwarded, settlement, channel: { ...untouched(state), sentAtMs: atMs } };
  }
  const { reason, message } = outcome;
  log.write("warn", `notification ${outcome.kind}`, { ...fields, reason, error: new SafeText(message) });
  const failed = { ...state, failures: state.failures + 1, failure: reason, message, failedAtMs: atMs };
  if (outcome.kind === "deferred") {
    const askedMs = outcome.retryAfterMs ?? 0;
    const mayHaveArrived = outcome.mayHaveArrived ?? false;
    const pauseMs = mayHaveArrived ? arrivedPauseMs(attempts) : backoffMs(attempts, random());
    const dueMs = atMs + Math.max(askedMs, pauseMs);
    const silenceMs = Math.max(askedMs, Math.min(LONGEST_SILENCE_MS, backoffMs(failed.failures, random())));
    const settlement = {
      kind: "again",
      dueMs,
      fingerprint: state.fingerprint,
      failure: reason,
      attempt: attempts,
      mayHaveArrived,
    } as const;
    return { ...ended, settlement, channel: { ...failed, notBeforeMs: atMs + silenceMs } };
  }
  const isItsFault = reason !== "daily_cap" && reason !== "not_configured";
  const channel = isItsFault ? { ...failed, isBroken: true } : null;
  const forwarded = await forward(notification, { from: state.name, failure: reason }, uses);
  return { ...ended, settlement: { kind: "failed", failure: reason }, channel, forwarded };
}

/** Its channel was given other settings during the attempt. */
function isReplaced({ name, fingerprint }: ChannelState, { channels }: ResultUses): boolean {
  const current = channels().find((each) => each.name === name);
  return current !== undefined && current.fingerprint !== fingerprint;
}

/** What was refused with settings that are not in force any more is tried with those that are. */
function forOtherSettings(outcome: DeliveryOutcome): DeliveryOutcome {
  if (outcome.kind !== "refused" || outcome.reason === "gave_up") return outcome;
  return { kind: "deferred", reason: outcome.reason, message: outcome.message, retryAfterMs: null };
}

/** A recipient is the same one with other settings; behind a channel there is somebody else. */
function toWhoeverIsNew(notification: Notification, { name }: ChannelState): AttemptResult["forwarded"] {
  const catchesUpOn = notification.alerts.map(({ id }) => id);
  if (keyOf(name) !== null || isRemediation(name) || catchesUpOn.length === 0) return [];
  return [passOn({ ...notification, catchesUpOn }, name)];
}

/** What is told to another channel while a message waits on for a receiver that has not taken it for too long. */
export async function tellElsewhere(
  notification: Notification,
  { name, failure }: ChannelState,
  uses: ResultUses,
): Promise<AttemptResult> {
  const { id } = notification;
  const forwarded = await forward(notification, { from: name, failure: failure ?? "timeout" }, uses);
  return { id, atMs: uses.clock.nowMs(), settlement: { kind: "elsewhere" }, channel: null, forwarded };
}

async function forward(
  notification: Notification,
  { from, failure }: { from: string; failure: DeliveryFailure },
  { outbox, channels, log, clock }: ResultUses,
): Promise<AttemptResult["forwarded"]> {
  // A drill is about its channel; a remediation is not told but done.
  if (notification.alerts.length === 0 || isRemediation(from)) return [];
  const receivers = new Set(channels().map(({ name }) => name));
  const related = await outbox.listRelated({ alertIds: notification.alerts.map(({ id }) => id) });
  const own = channelOf(from);
  // Of those who are not configured any more, only somebody of the same channel who has it counts, since they may be the same people.
  const hasIt = ({ channel, state }: RelatedMessage): boolean => state === "sent" && channelOf(channel) === own;
  const near = nearTo(notification, related).filter(
    (each) => each.channel !== from && (receivers.has(each.channel) || hasIt(each)),
  );
  const about = channelsAbout(
    notification,
    near.map((message) => ({ ...message, channel: channelOf(message.channel) })),
    clock.nowMs(),
  );
  const configured = channels().filter(({ name, tier }) => name === channelOf(name) && tier !== "remediation");
  // Whoever is told by another recipient of the same channel is told.
  if ([own, ...configured.map(({ name }) => name)].some((name) => about.get(name)?.notifiesAll)) return [];
  const others = configured.filter(({ name }) => name !== own && !about.get(name)?.hasFailed);
  const states = await outbox.channelStates();
  const isBroken = (channel: Channel): boolean => knownState(channel, states)?.isBroken ?? false;
  const broken = new Set(channels().flatMap((channel) => (isBroken(channel) ? channelOf(channel.name) : [])));
  const rank = ({ name, tier }: Channel): number => (tier === "log" ? 2 : 0) + (broken.has(name) ? 1 : 0);
  const [other] = others.toSorted((left, right) => rank(left) - rank(right));
  if (!other) {
    log.write("error", "nobody could be told", { id: notification.id, channel: from, reason: failure });
    return [];
  }
  return [passOn({ ...notification, insteadOf: { channel: channelOf(from), failure } }, other.name)];
}
