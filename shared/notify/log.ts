/**
 * Channel type `log`: the service's own log, one line a message. For policies whose alerts somebody else collects.
 * Invariant: it always works.
 */
import { notificationTitle } from "../domain/alerting/notification-text.ts";
import { defineChannelType } from "./channel-type.ts";

export const log = defineChannelType({
  keys: {},
  secretKeys: [],
  tier: "log",
  shortestGapMs: 0,
  configure: () => ({
    async deliver(notification, { log: lines }) {
      const { id, type, severity, alerts } = notification;
      const level = severity === "critical" && type !== "alert.resolved" ? "error" : "warn";
      lines.write(severity === "info" ? "info" : level, "notification", {
        text: notificationTitle(notification),
        id,
        type,
        alerts: alerts.map((alert) => alert.id),
      });
      return { kind: "accepted", receipt: null };
    },
  }),
});
