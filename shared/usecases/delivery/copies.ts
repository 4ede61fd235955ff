/**
 * The same message for somebody else: its ids.
 * Used by whoever passes messages on. Pure.
 * Invariant: the id goes by the message and by who gets it, whoever had it in between, so nobody gets it twice.
 */
import type { Outgoing } from "../../domain/alerting/grouping.ts";
import type { Notification } from "../../domain/alerting/notification.ts";
import { fnv1a } from "../../domain/text/fnv1a.ts";

/** The same for somebody else, by an id that is the same each time. */
export function passOn(notification: Notification, channel: string): Outgoing {
  return { channel, notification: { ...notification, id: idFor(notification.id, channel) } };
}

/** What it was before it was passed on to that one. */
export function originalOf(notification: Notification, channel: string): Notification {
  const suffix = idFor("", channel);
  const { id } = notification;
  return id.endsWith(suffix) ? { ...notification, id: id.slice(0, -suffix.length) } : notification;
}

function idFor(id: string, channel: string): string {
  return `${id}-${fnv1a(channel).toString(36)}`;
}
