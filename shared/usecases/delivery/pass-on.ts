/**
 * Who takes over a message that is for several, or for somebody who is not configured any more.
 * Asked by the deliverer before an attempt, and when one has failed. Calls the outbox.
 * Invariant: the id of what is passed on goes by the message and by who gets it, whoever had it in between, so nobody gets it twice.
 */
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { Notification } from "../../domain/alerting/notification.ts";
import { channelOf, keyOf } from "../../domain/alerting/recipient.ts";
import { isRemediation } from "../../domain/alerting/remediation.ts";
import { channelsAbout } from "../../domain/alerting/same-message.ts";
import { fnv1a } from "../../domain/text/fnv1a.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Channel } from "../../ports/notifier.ts";
import type { AttemptResult, Outbox, PendingNotification } from "../../ports/outbox.ts";

interface Uses {
  readonly outbox: Pick<Outbox, "listDecidedNear" | "channelStates">;
  readonly clock: Clock;
  /** Those of the configuration in force. */
  channels(): readonly Channel[];
}

/** The same for somebody else, by an id that is the same each time. */
export function passOn(notification: Notification, channel: string): Outgoing {
  return { channel, notification: { ...notification, id: idFor(notification.id, channel) } };
}

/**
 * What takes the place of a message: one for each recipient of its channel, or for who succeeds a receiver that is gone.
 * Null: it stays.
 */
export function replacements(
  notification: Notification,
  { channel, pending }: { readonly channel: Channel | null; readonly pending: PendingNotification },
  uses: Uses,
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

/** Whoever its channel tells now and has not had it; when the channel is gone, the same receiver under another name. */
async function forSuccessors(
  notification: Notification,
  { channel: name, fingerprint }: PendingNotification,
  { outbox, channels, clock }: Uses,
): Promise<Outgoing[] | null> {
  // What helps one service helps no other.
  if (isRemediation(name)) return null;
  const decided = await outbox.listDecidedNear(notification.atMs);
  const original = { ...notification, id: idBefore(notification.id, name) };
  const own = channels().find((each) => each.name === channelOf(name));
  if (own) {
    const states = new Map(decided.map(({ id, state }) => [id, state]));
    const receivers = own.recipients?.length ? own.recipients : [own];
    const copies = receivers.map((each) => passOn(original, each.name));
    if (copies.every((each) => states.get(each.notification.id) === "failed")) return null;
    return copies.filter((each) => !states.has(each.notification.id));
  }
  const about = channelsAbout(notification, decided, clock.nowMs());
  const key = keyOf(name);
  // A message that was never tried knows no settings; its channel may have been used for another one.
  const settings = fingerprint ?? (await outbox.channelStates()).find((each) => each.name === name)?.fingerprint;
  const successor = channels()
    .filter((each) => !isRemediation(each.name) && keyOf(each.name) === key)
    .filter((each) => key !== null || each.fingerprint === settings)
    .find((each) => !about.has(each.name) && !about.has(channelOf(each.name)));
  return successor ? [passOn(original, successor.name)] : null;
}

function idFor(id: string, channel: string): string {
  return `${id}-${fnv1a(channel).toString(36)}`;
}

/** What it was before it was passed on to that one. */
function idBefore(id: string, channel: string): string {
  const suffix = idFor("", channel);
  return id.endsWith(suffix) ? id.slice(0, -suffix.length) : id;
}
