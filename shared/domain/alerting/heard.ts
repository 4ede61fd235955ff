/**
 * Who has heard of an alert, by the messages that are stored: a recipient is who it is by its address, every other receiver by its
 * settings, whatever its channel is called. Pure.
 * Asked when a configuration comes into force (receivers.ts), and before somebody who may be new to an alert is told of it.
 * Invariant: what waits for a receiver anyway, or has failed for good and was told elsewhere, counts as heard, so nobody is told
 * twice; what went to nobody, since nobody of that name was configured, does not.
 */
import { isEnd, type Notification } from "./notification.ts";
import { channelOf, keyOf, recipientName } from "./recipient.ts";
import type { RelatedMessage } from "./same-message.ts";

export interface Receiver {
  /** In the outbox. */
  readonly name: string;
  /** Of its settings. */
  readonly fingerprint: string;
}

export interface Told {
  /** About the alerts that are asked for. */
  readonly messages: readonly RelatedMessage[];
  /** By names in the outbox: the settings that were used last. */
  readonly settings: ReadonlyMap<string, string>;
  /** Names in the outbox of all that are configured. */
  readonly configured: ReadonlySet<string>;
}

/** @param about an alert: the beginning of it, or the end */
export function hasHeard(
  receiver: Receiver,
  about: { readonly id: string; readonly isOver?: boolean },
  told: Told,
): boolean {
  return told.messages.some((message) => {
    const isAbout = message.alertIds.includes(about.id) && isEnd(message.type) === (about.isOver ?? false);
    return isAbout && isFor(receiver, message, told) && !isLost(receiver, message);
  });
}

/** Of all that a message tells of. */
export function hasHeardAll(receiver: Receiver, { type, alerts }: Notification, told: Told): boolean {
  return alerts.length > 0 && alerts.every(({ id }) => hasHeard(receiver, { id, isOver: isEnd(type) }, told));
}

/** It has been told of all that, or will be, as somebody new, and later than this was decided. */
export function hasCaughtUp(receiver: Receiver, { alerts, atMs, type }: Notification, told: Told): boolean {
  const since = told.messages.filter((each) => {
    return each.atMs >= atMs && isEnd(each.type) === isEnd(type) && isFor(receiver, each, told);
  });
  return alerts.length > 0 && alerts.every(({ id }) => since.some(({ catchesUpOn }) => catchesUpOn?.includes(id)));
}

function isFor(receiver: Receiver, message: RelatedMessage, told: Told): boolean {
  const { name, fingerprint } = receiver;
  const { channel, state } = message;
  if (keyOf(name) !== null) return keyOf(channel) === keyOf(name) || isForAllOf(receiver, message, told);
  if (keyOf(channel) !== null) return false;
  // Whatever waits is sent with the settings that are in force.
  if (state === "pending" && told.configured.has(channel)) return channel === name;
  const used = message.fingerprint || told.settings.get(channel);
  return used ? used === fingerprint : channel === name;
}

/** It is passed on to each recipient; or it was sent when a recipient who was alone stood under the name of the channel. */
function isForAllOf({ name, fingerprint }: Receiver, message: RelatedMessage, { settings }: Told): boolean {
  const { channel, fingerprint: used } = message;
  if (channel === channelOf(name)) return used === null || used === fingerprint;
  return keyOf(channel) === null && used === null && settings.get(channel) === fingerprint;
}

/** What failed with other settings may work with these. */
function isLost({ fingerprint }: Receiver, { state, failure, fingerprint: used }: RelatedMessage): boolean {
  if (state !== "failed") return false;
  return failure === "not_configured" || (used !== null && used !== fingerprint);
}

/** True when a channel of that name has told the same receiver. */
export function wasUsedBy({ name, fingerprint }: Receiver, channel: string, settings: Told["settings"]): boolean {
  const key = keyOf(name);
  return settings.get(channel) === fingerprint || (key !== null && settings.has(recipientName(channel, key)));
}
