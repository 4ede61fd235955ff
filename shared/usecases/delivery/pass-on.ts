/**
 * Who takes over a message that is for several, for somebody who is not configured any more, or for somebody who is new.
 * Asked by the deliverer before an attempt. Calls the outbox.
 * Invariant: whoever has heard of an alert already is not told of it as somebody new.
 */
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import { hasCaughtUp, hasHeard, hasHeardAll, type Told } from "../../domain/alerting/heard.ts";
import { isEnd, type Notification } from "../../domain/alerting/notification.ts";
import { channelOf, keyOf } from "../../domain/alerting/recipient.ts";
import { nearTo, type RelatedMessage } from "../../domain/alerting/same-message.ts";
import type { Channel } from "../../ports/notifier.ts";
import type { AttemptResult, PendingNotification } from "../../ports/outbox.ts";
import { passOn } from "./copies.ts";
import { readTold } from "./new-receivers.ts";
import type { Ready, Waiting } from "./sort-waiting.ts";
import { forSuccessors, type SuccessorUses } from "./successors.ts";

/** What becomes of a message before it is sent. */
type TakeOver =
  | { readonly others: readonly Outgoing[]; readonly notification: null }
  /** It is sent, or what is left of it. */
  | { readonly others: null; readonly notification: Notification };

/** Others in its place: one for each recipient of its channel, or for who succeeds a receiver that is gone; or itself, in its place. */
export async function takeOver(
  notification: Notification,
  { channel, ...waiting }: Ready,
  uses: SuccessorUses,
): Promise<TakeOver> {
  const others = await othersFor(notification, { channel, pending: waiting.pending }, uses);
  if (others) return { others, notification: null };
  const left = channel ? await whatIsNewTo(channel, { notification, ...waiting }, uses) : notification;
  return left ? { others: null, notification: left } : { others: [], notification: null };
}

function othersFor(
  notification: Notification,
  { channel, pending }: { readonly channel: Channel | null; readonly pending: PendingNotification },
  uses: SuccessorUses,
): Promise<Outgoing[] | null> | Outgoing[] | null {
  if (!channel) return forSuccessors(notification, pending, uses);
  return channel.recipients?.length ? channel.recipients.map(({ name }) => passOn(notification, name)) : null;
}

export function replaceBy(
  forwarded: readonly Outgoing[],
  { id, createdAtMs, nowMs }: { readonly id: string; readonly createdAtMs: number; readonly nowMs: number },
): AttemptResult {
  const settlement = { kind: "replaced", createdAtMs: Math.min(createdAtMs, nowMs) } as const;
  return { id, atMs: nowMs, settlement, channel: null, forwarded };
}

/** Something may have been told since it was found out who is new: by another process, or by what was decided meanwhile. Null: all of it. */
async function whatIsNewTo(
  receiver: Channel,
  { notification, ...waiting }: Waiting & { readonly notification: Notification },
  { outbox, channels }: SuccessorUses,
): Promise<Notification | null> {
  const { alerts, type, catchesUpOn = [] } = notification;
  if (catchesUpOn.length === 0 && !mayBeAnother(receiver, waiting)) return notification;
  const told = await readTold(outbox, { alertIds: alerts.map(({ id }) => id) }, channels());
  if (catchesUpOn.length === 0) return hasTheSame(receiver, notification, told) ? null : notification;
  const before = { ...told, messages: notAfter(receiver, notification, told.messages) };
  const isKnown = (id: string): boolean => hasHeard(receiver, { id, isOver: isEnd(type) }, before);
  const left = alerts.filter(({ id }) => !catchesUpOn.includes(id) || !isKnown(id));
  return left.length > 0 ? { ...notification, alerts: left } : null;
}

/** Nothing was sent with its settings yet. */
function mayBeAnother({ name, fingerprint, tier }: Channel, { pending, state }: Waiting): boolean {
  if (keyOf(name) !== null || tier === "remediation") return false;
  if (pending.fingerprint !== null) return pending.fingerprint !== fingerprint;
  return state.sentAtMs === null && state.failedAtMs === null;
}

/** Another one is behind the channel by now, and may have been told by another channel. */
function hasTheSame(receiver: Channel, notification: Notification, told: Told): boolean {
  const { name, fingerprint } = receiver;
  if ((told.settings.get(name) ?? fingerprint) === fingerprint) return false;
  const others = nearTo(notification, told.messages).filter(({ id }) => id !== notification.id);
  return (
    hasHeardAll(receiver, notification, { ...told, messages: others }) || hasCaughtUp(receiver, notification, told)
  );
}

/**
 * Of what waits: what goes before it, and what was decided before it and is told in any case. What waits for another name is not passed
 * on to who is told as somebody new.
 */
function notAfter(
  { name }: Channel,
  { id, atMs }: Notification,
  messages: readonly RelatedMessage[],
): RelatedMessage[] {
  const place = messages.findIndex((each) => each.id === id);
  const decidedAtMs = messages[place]?.atMs ?? atMs;
  return messages.flatMap((each, index) => {
    if (each.id === id) return [];
    if (each.state !== "pending") return [each];
    if (![name, channelOf(name)].includes(each.channel)) return [];
    if (index < place) return [each];
    const inAnyCase = each.alertIds.filter((alertId) => !each.catchesUpOn?.includes(alertId));
    return each.atMs <= decidedAtMs ? [{ ...each, alertIds: inAnyCase }] : [];
  });
}
