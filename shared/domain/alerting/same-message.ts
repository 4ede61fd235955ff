/**
 * Which channels have a notification about the same as another one: asked before what one did not take is told elsewhere. Pure.
 * Channels gather for themselves, so the same alerts may stand in one message here and in two there.
 * Invariant: a beginning is never taken for an end.
 */
import { isEnd, type Notification, type NotificationType } from "./notification.ts";
import { isOverdue, type MessageState } from "./told-elsewhere.ts";

/** A notification as it stands, about some of the same alerts. */
export interface RelatedMessage extends MessageState {
  readonly id: string;
  readonly channel: string;
  readonly type: NotificationType;
  readonly alertIds: readonly string[];
  /** When it was decided, epoch ms. */
  readonly atMs: number;
  /** The settings of its channel that it was last tried with; null: it was not, or nobody knows. */
  readonly fingerprint: string | null;
  /** Why the last attempt failed; null when it did not. */
  readonly failure: string | null;
  /** See Notification. */
  readonly catchesUpOn: readonly string[] | null;
}

export interface ChannelAbout {
  /** True when what it has, other than what failed or waits for too long, tells of all of the alerts. */
  readonly notifiesAll: boolean;
  /** True when something about one of the alerts failed there, or waits for too long. */
  readonly hasFailed: boolean;
}

/** Channels are told of one event at different moments: each gathers for itself, for a minute at most. */
const NEAR_MS = 60_000;

/** Those that were decided at about the same time. */
export function nearTo({ id, atMs }: Notification, messages: readonly RelatedMessage[]): RelatedMessage[] {
  // A clock that was ahead may have been put right since it was given out.
  const decidedAtMs = messages.find((each) => each.id === id)?.atMs ?? atMs;
  return messages.filter((each) => Math.abs(each.atMs - decidedAtMs) <= NEAR_MS);
}

/** By channel; those that have nothing about any of the alerts are left out. */
export function channelsAbout(
  { type, alerts }: Notification,
  messages: readonly RelatedMessage[],
  nowMs: number,
): ReadonlyMap<string, ChannelAbout> {
  const ids = new Set(alerts.map(({ id }) => id));
  const notified = new Map<string, ReadonlySet<string>>();
  const about = new Map<string, ChannelAbout>();
  for (const message of messages) {
    const common = message.alertIds.filter((id) => ids.has(id));
    if (common.length === 0 || isEnd(message.type) !== isEnd(type)) continue;
    const { channel } = message;
    const fails = message.state === "failed" || isOverdue(message, nowMs);
    if (!fails) notified.set(channel, new Set([...(notified.get(channel) ?? []), ...common]));
    const hasFailed = fails || (about.get(channel)?.hasFailed ?? false);
    about.set(channel, { notifiesAll: notified.get(channel)?.size === ids.size, hasFailed });
  }
  return about;
}
