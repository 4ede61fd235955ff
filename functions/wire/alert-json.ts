/**
 * Alerts, silences and maintenance windows on the wire: names, units (seconds) and RFC 3339 instants, and the schemas of these.
 * Used by the endpoints about alerting. Pure. Invariant: what is written here fits the schema beside it.
 */
import * as z from "zod/mini";
import { ALERT_STATES, bySeverity, DECISIONS, END_REASONS } from "../../shared/domain/alerting/alert.ts";
import type { OpenAlert } from "../../shared/domain/alerting/alert-life.ts";
import { parseService, type AlertingState, type AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import type { AlertedService } from "../../shared/domain/alerting/fold-checks.ts";
import { subjectName } from "../../shared/domain/alerting/alerting-state.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { ValueOf } from "../http/endpoint.ts";
import { named, noted, wordSchema } from "./named-schema.ts";
import { checkStatus, count, nullableTimestamp, reason, severity, timestamp } from "./schemas.ts";

/** What an alert has in common while it is open and afterwards. */
const ALERT_SHAPE = {
  id: z.string(),
  service: noted("Null: about the monitor itself.", z.nullable(z.string())),
  name: z.string(),
  severity,
  state: named("AlertState", z.enum(ALERT_STATES)),
  status: checkStatus,
  reason: z.nullable(reason),
  message: z.nullable(z.string()),
  since: timestamp,
  fired_at: nullableTimestamp,
  duration: noted("Seconds since it began, until it ended.", z.number().check(z.gte(0))),
  flapping: z.boolean(),
  escalation_level: count,
  notified_channels: z.array(z.string()),
  notification: wordSchema("NotificationDecision", DECISIONS),
  acknowledged_by: z.nullable(z.string()),
  action_taken: z.nullable(z.string()),
};

export const openAlert = named(
  "Alert",
  z.object({
    ...ALERT_SHAPE,
    acknowledged_until: nullableTimestamp,
    inhibited_by: noted("The service (or the monitor) whose problem is told instead.", z.nullable(z.string())),
  }),
  "The life of one problem that is not over.",
);

export const pastAlert = named(
  "PastAlert",
  z.object({
    ...ALERT_SHAPE,
    ended_at: nullableTimestamp,
    end_reason: z.nullable(wordSchema("EndReason", END_REASONS)),
  }),
  "An alert that has fired; it may still be open.",
);

type Services = ReadonlyMap<string, AlertedService>;

/** Every open alert, the worst first, each severity in the order of the configuration. */
export function openAlerts(
  { subjects }: AlertingState,
  { services, nowMs }: { readonly services: Services; readonly nowMs: number },
): ValueOf<typeof openAlert>[] {
  const order = [...services.keys()];
  const findPlace = (subject: string): number => order.indexOf(parseService(subject) ?? "");
  const open = [...subjects].flatMap(([subject, { alert }]) => (alert ? [{ subject, alert }] : []));
  open.sort(
    (left, right) =>
      bySeverity(left.alert.severity, right.alert.severity) || findPlace(left.subject) - findPlace(right.subject),
  );
  return open.map(({ subject, alert }) => ({
    ...sharedFields({ ...alert, subject, name: subjectName(subject, services) }, nowMs),
    acknowledged_until: formatOptional(alert.acknowledgedUntilMs),
    inhibited_by: alert.inhibition && (parseService(alert.inhibition.by) ?? "monitor"),
  }));
}

export function pastAlertJson(record: AlertRecord, nowMs: number): ValueOf<typeof pastAlert> {
  return {
    ...sharedFields(record, record.endedAtMs ?? nowMs),
    ended_at: formatOptional(record.endedAtMs),
    end_reason: record.endReason,
  };
}

type Common = Omit<AlertRecord, "firedAtMs" | "endedAtMs" | "endReason"> & Pick<OpenAlert, "firedAtMs">;

function sharedFields(alert: Common, untilMs: number) {
  return {
    id: alert.id,
    service: parseService(alert.subject),
    name: alert.name,
    severity: alert.severity,
    state: alert.state,
    status: alert.status,
    reason: alert.reason,
    message: alert.message,
    since: formatTimestamp(alert.sinceMs),
    fired_at: formatOptional(alert.firedAtMs),
    duration: Math.max(0, Math.round((untilMs - alert.sinceMs) / 100) / 10),
    flapping: alert.isFlapping,
    escalation_level: alert.level,
    notified_channels: alert.notifiedChannels,
    notification: alert.decision,
    acknowledged_by: alert.acknowledgedBy,
    action_taken: alert.actionTaken,
  };
}
