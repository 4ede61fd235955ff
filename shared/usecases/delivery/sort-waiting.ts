/**
 * What is to be done with all that waits: sent now, told elsewhere, or left until some instant. Pure.
 * The deliverer asks each time it has looked at the outbox.
 * Invariants: a channel gets one message at a time; another channel is told only of what has been tried, or is held up.
 */
import { nextDelivery } from "../../domain/alerting/delivery-order.ts";
import { channelOf } from "../../domain/alerting/recipient.ts";
import { dueFrom } from "../../domain/monitoring/clock-lead.ts";
import type { Channel } from "../../ports/notifier.ts";
import type { ChannelState, PendingNotification } from "../../ports/outbox.ts";
import { asItWaits, hasWaited, knownState, untouched } from "./channel-state.ts";

/** Mail providers end more sessions of one account than three; others can take more, and then need not be spared. */
const MOST_RECIPIENTS_AT_ONCE = 3;

/** A receiver that takes its time for longer does not take messages at the moment. */
const SLOW_AFTER_MS = 30_000;

export interface Waiting {
  /** Of its channel. */
  readonly state: ChannelState;
  readonly pending: PendingNotification;
}

/** One channel with something to send. */
export interface Ready extends Waiting {
  readonly name: string;
  /** Null: it is not configured any more. */
  readonly channel: Channel | null;
}

/** What is to be done. */
export interface Look {
  readonly ready: readonly Ready[];
  /** For which another channel is to be told. */
  readonly overdue: readonly Waiting[];
  /** When there is something to do for the others, epoch ms; Infinity: never. */
  readonly nextDueMs: number;
}

export const NOTHING: Look = { ready: [], overdue: [], nextDueMs: Infinity };

export interface Surroundings {
  readonly states: readonly ChannelState[];
  readonly channels: readonly Channel[];
  /** Since when channels are sending, by name, epoch ms. */
  readonly sinceMs: ReadonlyMap<string, number>;
  readonly nowMs: number;
}

/** @param waiting in the order in which they were decided */
export function sortWaiting(waiting: readonly PendingNotification[], around: Surroundings): Look {
  const ready: Ready[] = [];
  const overdue: Waiting[] = [];
  let nextDueMs = Infinity;
  for (const [name, messages] of Map.groupBy(waiting, ({ channel }) => channel)) {
    const busy = [...around.sinceMs.keys(), ...ready.map((each) => each.name)];
    const atOnce = busy.filter((each) => channelOf(each) === channelOf(name)).length;
    const isBusy = around.sinceMs.has(name) || atOnce >= MOST_RECIPIENTS_AT_ONCE;
    const look = lookAt(name, messages, { ...around, isBusy });
    ready.push(...look.ready);
    overdue.push(...look.overdue);
    nextDueMs = Math.min(nextDueMs, look.nextDueMs);
  }
  return { ready, overdue, nextDueMs };
}

function lookAt(
  name: string,
  messages: readonly PendingNotification[],
  { states, channels, sinceMs, nowMs, isBusy }: Surroundings & { readonly isBusy: boolean },
): Look {
  const channel = channels.find((each) => each.name === name) ?? null;
  const identity = channel ?? { name, fingerprint: "" };
  const state = knownState(identity, states) ?? untouched(identity);
  const waiting = messages.map((each) => asItWaits(each, { fingerprint: identity.fingerprint, nowMs }));
  const next = isBusy ? { ready: null, nextDueMs: Infinity } : nextDelivery(waiting, nowMs);
  const notBeforeMs = dueFrom(state.notBeforeMs, nowMs);
  const begun = notBeforeMs <= nowMs ? next.ready : null;
  // What is about to be tried, or has not been, may be taken yet.
  const slowAtMs = SLOW_AFTER_MS + (begun ? nowMs : (sinceMs.get(name) ?? Infinity));
  const timed = waiting.map((pending) => {
    const isTried = pending !== begun && hasWaited(pending, state);
    return { state, pending, atMs: Math.max(pending.elsewhereAtMs ?? Infinity, isTried ? 0 : slowAtMs) };
  });
  const laterMs = timed.map(({ atMs }) => atMs).filter((atMs) => atMs > nowMs);
  return {
    ready: begun ? [{ name, channel, state, pending: begun }] : [],
    // A channel that is not configured any more is not waited for, so nobody is told in the meantime.
    overdue: channel ? timed.filter(({ atMs }) => atMs <= nowMs) : [],
    nextDueMs: Math.min(begun ? Infinity : next.ready ? notBeforeMs : next.nextDueMs, ...laterMs),
  };
}
