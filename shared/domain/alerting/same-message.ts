/**
 * Which channels have a notification about the same as another one: asked before what one did not take is told elsewhere. Pure.
 * Channels gather for themselves, so the same alerts may stand in one message here and in two there.
 * Invariant: a beginning is never taken for an end.
 */
import type { Notification, NotificationType } from "./notification.ts";
import { isOverdue, type MessageState } from "./told-elsewhere.ts";

/** A notification as it stands, decided at about the same time. */
export interface NearMessage extends MessageState {
  readonly id: string;
  readonly channel: string;
  readonly type: NotificationType;
  readonly alertIds: readonly string[];
}

export interface ChannelAbout {
  /** True when what it has, other than what failed or waits for too long, tells of all of the alerts. */
  readonly notifiesAll: boolean;
  /** True when something about one of the alerts failed there, or waits for too long. */
  readonly hasFailed: boolean;
}

/** By channel; those that have nothing about any of the alerts are left out. */
export function channelsAbout(
  { type, alerts }: Notification,
  messages: readonly NearMessage[],
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

function isEnd(type: NotificationType): boolean {
  return type === "alert.resolved";
}
