/**
 * Who takes over a message for somebody who is not configured any more: the same receiver by another name, or others of its channel.
 * Asked by pass-on.ts. Calls the outbox.
 * Invariant: nobody gets what tells of the same as something that they have, or will be told as somebody new.
 */
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import { hasCaughtUp, hasHeardAll, wasUsedBy, type Told } from "../../domain/alerting/heard.ts";
import type { Notification } from "../../domain/alerting/notification.ts";
import { channelOf, keyOf } from "../../domain/alerting/recipient.ts";
import { isRemediation } from "../../domain/alerting/remediation.ts";
import { channelsAbout, nearTo, type RelatedMessage } from "../../domain/alerting/same-message.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Channel } from "../../ports/notifier.ts";
import type { Outbox, PendingNotification } from "../../ports/outbox.ts";
import { originalOf, passOn } from "./copies.ts";
import { readTold } from "./new-receivers.ts";

export interface SuccessorUses {
  readonly outbox: Pick<Outbox, "listRelated" | "channelStates">;
  readonly clock: Clock;
  /** Those of the configuration in force. */
  channels(): readonly Channel[];
}

/** The same receiver under another name, or whoever its channel tells now and has not had it. */
export async function forSuccessors(
  notification: Notification,
  { channel: name, fingerprint }: PendingNotification,
  { outbox, channels, clock }: SuccessorUses,
): Promise<Outgoing[] | null> {
  // What helps one service helps no other.
  if (isRemediation(name)) return null;
  const original = originalOf(notification, name);
  const about = { id: original.id, alertIds: notification.alerts.map(({ id }) => id) };
  const known = await readTold(outbox, about, channels());
  const others = (messages: readonly RelatedMessage[]) => messages.filter(({ id }) => id !== notification.id);
  const told = { ...known, messages: others(known.messages) };
  const near = { ...known, messages: others(nearTo(notification, known.messages)) };
  // A message that was never tried knows no settings; its channel may have been used for another one.
  const used = fingerprint ?? told.settings.get(name);
  const heir = channels()
    .filter((each) => !isRemediation(each.name) && isHeir(each, { name, used, told }))
    .map((each) => untoldOf(each, notification, { told, near, nowMs: clock.nowMs() }))
    .find((untold) => untold.length > 0);
  const own = channels().find((each) => each.name === channelOf(name));
  if (own && !(heir && keyOf(name))) return forOthersOf(own, original, { told, near });
  return heir?.map((each) => passOn(original, each.name)) ?? null;
}

/** Those of a channel, or the recipient, who have nothing about the same, and are not told as somebody new. */
function untoldOf(
  channel: Channel,
  notification: Notification,
  { told, near, nowMs }: Knowledge & { readonly nowMs: number },
): readonly Channel[] {
  const ordinary = near.messages.map((each) => ({
    ...each,
    alertIds: each.alertIds.filter((id) => !each.catchesUpOn?.includes(id)),
  }));
  const about = channelsAbout(notification, ordinary, nowMs);
  if (about.has(channel.name) || about.has(channelOf(channel.name))) return [];
  return receiversOf(channel).filter((each) => !about.has(each.name) && !hasCaughtUp(each, notification, told));
}

function receiversOf(channel: Channel): readonly Channel[] {
  return channel.recipients?.length ? channel.recipients : [channel];
}

interface Knowledge {
  readonly told: Told;
  /** Of what was decided at about the same time. */
  readonly near: Told;
}

/** One that is for whom it is new goes to them; any other one to whoever has not had it, here or elsewhere, nor been told as somebody new. */
function forOthersOf(own: Channel, original: Notification, { told, near }: Knowledge): Outgoing[] | null {
  const states = new Map(told.messages.map(({ id, state }) => [id, state]));
  const copies = receiversOf(own).map((receiver) => ({ receiver, copy: passOn(original, receiver.name) }));
  if (copies.every(({ copy }) => states.get(copy.notification.id) === "failed")) return null;
  // Its own channel tells of one event again when that has gone on.
  const isSame = ({ channel, type }: RelatedMessage): boolean =>
    channelOf(channel) !== own.name || type === original.type;
  const same = { ...near, messages: near.messages.filter(isSame) };
  const isForNew = (original.catchesUpOn?.length ?? 0) > 0;
  const isLeftOut = (receiver: Channel): boolean =>
    hasHeardAll(receiver, original, isForNew ? told : same) || hasCaughtUp(receiver, original, told);
  return copies
    .filter(({ receiver, copy }) => !states.has(copy.notification.id) && !isLeftOut(receiver))
    .map(({ copy }) => copy);
}

/** The same recipient; or a channel with the same settings, or with one of its recipients. */
function isHeir(
  channel: Channel,
  { name, used, told }: { readonly name: string; readonly used: string | undefined; readonly told: Told },
): boolean {
  const key = keyOf(name);
  if (key !== null || keyOf(channel.name) !== null) return keyOf(channel.name) === key;
  const isShared = channel.recipients?.some((each) => wasUsedBy(each, name, told.settings)) ?? false;
  return channel.fingerprint === used || isShared;
}
