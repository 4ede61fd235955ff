/**
 * The words of a notification as channels need them: clean lines, and escaping that keeps to a length. Each channel says how a
 * character is escaped.
 * Invariants: a line holds no line feed and no control; what is escaped is never cut within an escape.
 */
import { cleanText } from "../domain/text/clean-text.ts";
import { notificationLines, notificationTitle } from "../domain/alerting/notification-text.ts";
import type { Notification } from "../domain/alerting/notification.ts";

export interface MessageText {
  readonly title: string;
  readonly lines: readonly string[];
  /** Whom it is about, in few words: `Tools Server`, `Tools Server and 2 more`; never empty, which some receivers refuse. */
  readonly subject: string;
}

export function messageText(notification: Notification): MessageText {
  return {
    title: cleanText(notificationTitle(notification)),
    lines: notificationLines(notification).map(cleanText),
    subject: cleanText(findSubject(notification)).trim() || "-",
  };
}

function findSubject({ alerts, node }: Notification): string {
  const [first] = alerts;
  if (!first) return node;
  return alerts.length > 1 ? `${first.name} and ${alerts.length - 1} more` : first.name;
}

/**
 * The text with `escape(character)` for each of its characters (code points); when it is too long, the longest beginning that
 * leaves room for "…". `maxLength` counts UTF-16 code units of the result, hence at least the characters by any way of counting.
 */
export function escapeWithin(text: string, maxLength: number, escape: (character: string) => string): string {
  let escaped = "";
  let cutAt = 0;
  for (const character of text) {
    const next = escape(character);
    if (escaped.length + next.length > maxLength) return `${escaped.slice(0, cutAt)}…`;
    escaped += next;
    if (escaped.length < maxLength) cutAt = escaped.length;
  }
  return escaped;
}
