/**
 * The document that channels of type `webhook` send: part of what users' programs read.
 * Called by `webhook.ts`. Pure. Texts of services stand in it as they are, since JSON has no markup.
 * Invariant: keys may be added, never renamed; every instant is RFC 3339 in UTC, every duration in seconds.
 */
import type { Json } from "../domain/monitoring/check.ts";
import { truncateText } from "../domain/text/clean-text.ts";
import type { AlertReport, Notification } from "../domain/alerting/notification.ts";
import { formatTimestamp } from "../domain/text/timestamp.ts";

/** What a service says of itself may be of any length. */
const LONGEST_MESSAGE = 1_000;

/** `{ type, timestamp, data }`; `data` is the worst alert, and `data.alerts` all of them when there are several. */
export function webhookBody(notification: Notification): string {
  const { type, atMs } = notification;
  return JSON.stringify({ type, timestamp: formatTimestamp(atMs), data: buildData(notification) });
}

function buildData({ id, type, atMs, node, alerts, isLate, isUnsaved }: Notification): Json {
  const [first] = alerts;
  if (type === "channel.test" || !first) return { notification_id: id, node };
  return {
    ...buildReport(first, atMs),
    notification_id: id,
    node,
    late: isLate,
    ...(isUnsaved && { history_saved: false }),
    ...(alerts.length > 1 && { alerts: alerts.map((alert) => buildReport(alert, atMs)) }),
  };
}

function buildReport(alert: AlertReport, atMs: number): { readonly [key: string]: Json } {
  const { id, service, name, severity, state, status, reason, message, sinceMs, endedAtMs } = alert;
  return {
    id,
    service,
    name,
    severity,
    state,
    status,
    reason,
    message: message === null ? null : truncateText(message, LONGEST_MESSAGE),
    since: formatTimestamp(sinceMs),
    ended_at: endedAtMs === null ? null : formatTimestamp(endedAtMs),
    end_reason: alert.endReason,
    duration: Math.max(0, Math.round((endedAtMs ?? atMs) - sinceMs)) / 1_000,
    flapping: alert.isFlapping,
    escalation_level: alert.level,
    acknowledged_by: alert.acknowledgedBy,
    action_taken: alert.actionTaken,
    affected: alert.affected,
  };
}
