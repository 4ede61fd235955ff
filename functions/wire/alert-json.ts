/**
 * Alerts, silences and maintenance windows on the wire: names, units (seconds) and RFC 3339 instants, and the schemas of these.
 * Used by the endpoints about alerting. Pure. Invariant: what is written here fits the schema beside it.
 */
import * as z from "zod/mini";
import {
  ALERT_STATES,
  bySeverity,
  DECISIONS,
  END_REASONS,
  SEVERITIES,
  type Decision,
} from "../../shared/domain/alerting/alert.ts";
import type { EndReason } from "../../shared/domain/alerting/alert.ts";
import type { OpenAlert } from "../../shared/domain/alerting/alert-life.ts";
import { serviceOf, type AlertingState, type AlertRecord } from "../../shared/domain/alerting/alerting-state.ts";
import type { AlertedService } from "../../shared/domain/alerting/fold-checks.ts";
import { subjectName } from "../../shared/domain/alerting/alert-report.ts";
import { formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { checkStatus, reason, timestamp } from "./response-schemas.ts";

// Object.keys loses the key type; both are constant records of exactly these words.
const decision = z.enum(Object.keys(DECISIONS) as [Decision, ...Decision[]]);
const endReason = z.enum(Object.keys(END_REASONS) as [EndReason, ...EndReason[]]);
const nullableTimestamp = z.nullable(timestamp);

/** What an alert has in common while it is open and afterwards. */
const ALERT_SHAPE = {
  id: z.string(),
  /** Null: about the monitor itself. */
  service: z.nullable(z.string()),
  name: z.string(),
  severity: z.enum(SEVERITIES),
  state: z.enum(ALERT_STATES),
  status: checkStatus,
  reason: z.nullable(reason),
  message: z.nullable(z.string()),
  since: timestamp,
  fired_at: nullableTimestamp,
  /** Seconds since it began, until it ended. */
  duration: z.number(),
  flapping: z.boolean(),
  escalation_level: z.int(),
  notified_channels: z.array(z.string()),
  /** Why people are told, or not told, just now. */
  notification: decision,
  acknowledged_by: z.nullable(z.string()),
  action_taken: z.nullable(z.string()),
};

export const alertDetail = z.object({
  ...ALERT_SHAPE,
  acknowledged_until: nullableTimestamp,
  /** The service (or the monitor) whose problem is told instead of this one. */
  inhibited_by: z.nullable(z.string()),
});

export const pastAlert = z.object({
  ...ALERT_SHAPE,
  ended_at: nullableTimestamp,
  end_reason: z.nullable(endReason),
});

type Services = ReadonlyMap<string, AlertedService>;

/** Every open alert, the worst first, each severity in the order of the configuration. */
export function alertDetails(
  { subjects }: AlertingState,
  { services, nowMs }: { readonly services: Services; readonly nowMs: number },
): z.input<typeof alertDetail>[] {
  const order = [...services.keys()];
  const placeOf = (subject: string): number => order.indexOf(serviceOf(subject) ?? "");
  const open = [...subjects].flatMap(([subject, { alert }]) => (alert ? [{ subject, alert }] : []));
  open.sort(
    (left, right) =>
      bySeverity(left.alert.severity, right.alert.severity) || placeOf(left.subject) - placeOf(right.subject),
  );
  return open.map(({ subject, alert }) => ({
    ...commonOf({ ...alert, subject, name: subjectName(subject, services) }, nowMs),
    acknowledged_until: timestampOf(alert.acknowledgedUntilMs),
    inhibited_by: alert.inhibition && (serviceOf(alert.inhibition.by) ?? "monitor"),
  }));
}

export function pastAlertJson(record: AlertRecord, nowMs: number): z.input<typeof pastAlert> {
  return {
    ...commonOf(record, record.endedAtMs ?? nowMs),
    ended_at: timestampOf(record.endedAtMs),
    end_reason: record.endReason,
  };
}

type Common = Pick<OpenAlert, "id" | "severity" | "status" | "reason" | "message" | "sinceMs" | "firedAtMs"> &
  Pick<OpenAlert, "isFlapping" | "level" | "notifiedChannels" | "decision" | "acknowledgedBy" | "actionTaken"> &
  Pick<AlertRecord, "subject" | "name" | "state">;

function commonOf(alert: Common, untilMs: number) {
  return {
    id: alert.id,
    service: serviceOf(alert.subject),
    name: alert.name,
    severity: alert.severity,
    state: alert.state,
    status: alert.status,
    reason: alert.reason,
    message: alert.message,
    since: formatTimestamp(alert.sinceMs),
    fired_at: timestampOf(alert.firedAtMs),
    duration: Math.max(0, Math.round((untilMs - alert.sinceMs) / 100) / 10),
    flapping: alert.isFlapping,
    escalation_level: alert.level,
    notified_channels: [...alert.notifiedChannels],
    notification: alert.decision,
    acknowledged_by: alert.acknowledgedBy,
    action_taken: alert.actionTaken,
  };
}

export function timestampOf(atMs: number | null): string | null {
  return atMs === null ? null : formatTimestamp(atMs);
}
