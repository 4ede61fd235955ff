/**
 * GET /alerts: every service that is not healthy, from its first failing check, as sentences in the seed's form (the same list as
 * in /cluster_health at the same moment), and every open alert in detail; all from the snapshot.
 * GET /alerts/history: every alert that ever fired. POST /alerts/{id}/acknowledge: somebody looks after it, told by a sweep's commit.
 * What happened in the life of each comes with both when asked for (wire/alert-timelines.ts).
 * Invariants: following `next_cursor` shows every alert of the query once, whatever fires meanwhile; acknowledging again only begins
 * the time anew.
 */
import * as z from "zod/mini";
import { ALERT_STATES, DECISIONS, END_REASONS } from "../../shared/domain/alerting/alert.ts";
import type { OpenAlert } from "../../shared/domain/alerting/alert-life.ts";
import {
  parseService,
  subjectImpact,
  subjectName,
  type AlertRecord,
} from "../../shared/domain/alerting/alerting-state.ts";
import { findDueStep, type Policies } from "../../shared/domain/alerting/escalation.ts";
import type { AlertedService } from "../../shared/domain/alerting/fold-checks.ts";
import { listOpen, type OpenSubject } from "../../shared/domain/alerting/list-open.ts";
import { healthDocument } from "../../shared/domain/monitoring/health-document.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { listAlerts } from "../../shared/storage/alert-log.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { nextCursor, pageParameters, readPage } from "../http/paging.ts";
import { id, instant, key, openTimeRange } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { readTimelines, timeline, timelineFlag } from "../wire/alert-timelines.ts";
import { applyCommand, comment } from "../wire/commands.ts";
import {
  alerts,
  checkStatus,
  count,
  intervalS,
  named,
  noted,
  nullableTimestamp,
  reason,
  severity,
  timestamp,
  wordSchema,
} from "../wire/schemas.ts";

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
  notified_channels: noted("Those that it was decided to tell; `/explain` says what has arrived.", z.array(z.string())),
  notification: wordSchema("NotificationDecision", DECISIONS),
  acknowledged_by: z.nullable(z.string()),
  action_taken: z.nullable(z.string()),
  timeline,
};

const openAlert = named(
  "Alert",
  z.object({
    ...ALERT_SHAPE,
    decision_text: noted(
      "What was decided about telling people, as a sentence; `/explain` says what has arrived.",
      z.string(),
    ),
    impact: noted(
      "What people lack because of it, as the configuration says now; null: it says nothing, or it is not down.",
      z.nullable(z.string()),
    ),
    failures_in_row: noted("Failing checks since the last one that was not.", count),
    successes_in_row: noted("Checks that were well since the last failing one; it is resolved once that lasts.", count),
    next_escalation_at: noted(
      "When the next step or reminder is due; null while something other than time keeps it quiet.",
      nullableTimestamp,
    ),
    next_channels: noted("Who is told then.", z.array(z.string())),
    acknowledged_until: nullableTimestamp,
    inhibited_by: noted(
      "The service (or the monitor) whose alert stands for this one, or that is still starting.",
      z.nullable(z.string()),
    ),
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

export const alertsEndpoint = defineEndpoint({
  path: "/alerts",
  name: "alerts",
  summary: "What is wrong now, critical things first; `details` tells the life of each alert.",
  effect: "read",
  query: { timeline: timelineFlag },
  response: z.object({ alerts, count, timestamp, interval_s: intervalS, details: z.array(openAlert) }),
  refusals: { unavailable: REFUSALS.unavailable },
  async handle({ query, refuse }, context) {
    const snapshot = await context.snapshots.read();
    if (!snapshot) throw refuse("unavailable");
    const nowMs = context.clock.nowMs();
    const document = healthDocument(snapshot.moment, nowMs);
    const { intervalMs, servicesById: services, alerting } = context.cluster();
    const open = listOpen(snapshot.alerting, services.keys());
    const lives = open.map(({ alert: { id: alertId, sinceMs, firedAtMs } }) => {
      return { id: alertId, sinceMs, firedAtMs, endedAtMs: null };
    });
    const timelines = await readTimelines(context, lives, query.timeline);
    return {
      alerts: document.alerts,
      count: document.alerts.length,
      timestamp: document.timestamp,
      interval_s: intervalMs / 1000,
      details: open.map((each) => ({
        ...openAlertJson(each, { services, policies: alerting.policies, nowMs }),
        ...withTimeline(timelines.get(each.alert.id)),
      })),
    };
  },
});

export const alertHistoryEndpoint = defineEndpoint({
  path: "/alerts/history",
  name: "alertHistory",
  summary: "Every alert that fired, newest first, open ones included.",
  effect: "read",
  query: {
    service: z.optional(key("Only alerts of this service.")),
    severity: noted("Only alerts of this severity.", z.optional(severity)),
    state: noted(
      "Only alerts that are still open, or only those that are over.",
      z.optional(z.enum(["open", "resolved"])),
    ),
    since: instant("Only alerts that fired at or after this instant."),
    until: instant("Only alerts that fired before this instant."),
    timeline: timelineFlag,
    ...pageParameters,
  },
  response: z.object({ alerts: z.array(pastAlert), next_cursor: nextCursor }),
  async handle(request, context) {
    const { query } = request;
    const page = readPage(request);
    const records = await listAlerts(context, {
      ...openTimeRange(query),
      after: page.after && { firedAtMs: page.after.place, id: page.after.id ?? "" },
      limit: page.limit,
      service: query.service ?? null,
      severity: query.severity ?? null,
      isOpen: query.state === undefined ? null : query.state === "open",
    });
    const nowMs = context.clock.nowMs();
    const timelines = await readTimelines(context, records, query.timeline);
    return {
      alerts: records.map((record) => ({ ...pastAlertJson(record, nowMs), ...withTimeline(timelines.get(record.id)) })),
      next_cursor: page.cursorAfter(records, (last) => ({ place: last.firedAtMs, id: last.id })),
    };
  },
});

const MIN_DURATION_S = 60;
/** Who is away for longer wants a silence, which says so. */
const MAX_DURATION_S = 7 * 86_400;
const EXPECTED_DURATION = "expected one minute to seven days, in seconds";

const holdsFor = noted(
  "How long it holds, in seconds; default: an hour.",
  z.number().check(z.gte(MIN_DURATION_S, EXPECTED_DURATION), z.lte(MAX_DURATION_S, EXPECTED_DURATION)),
);

export const acknowledgeEndpoint = defineEndpoint({
  path: "/alerts/{id}/acknowledge",
  name: "acknowledgeAlert",
  method: "POST",
  summary: "Stops escalation and reminders of a firing alert for a time (default: an hour), or until it is over.",
  effect: "write",
  scope: "alerts:write",
  pathParameters: { id: id("Id of an open alert.") },
  body: z.strictObject({ comment: z.optional(comment), duration: z.optional(holdsFor) }),
  response: z.object({ id: z.string(), state: z.literal("acknowledged"), acknowledged_by: z.string() }),
  refusals: {
    not_found: "There is no open alert with this id.",
    conflict: "The alert is not firing yet; there is nothing to stop.",
  },
  async handle(request, context) {
    const { path, actor, body } = request;
    const command = { kind: "acknowledge", alertId: path.id, by: actor, comment: body.comment ?? null } as const;
    const duration = body.duration === undefined ? {} : { forMs: Math.round(body.duration * 1_000) };
    await applyCommand(context, { ...command, ...duration }, request);
    return { id: path.id, state: "acknowledged", acknowledged_by: actor };
  },
});

function withTimeline(found: ValueOf<typeof timeline>): { readonly timeline?: NonNullable<typeof found> } {
  return found ? { timeline: found } : {};
}

type Services = ReadonlyMap<string, AlertedService>;

interface Known {
  readonly services: Services;
  readonly policies: Policies;
  readonly nowMs: number;
}

function openAlertJson(
  { subject, alert, failures, successes }: OpenSubject,
  { services, policies, nowMs }: Known,
): ValueOf<typeof openAlert> {
  const next = findDueStep(alert, policies);
  return {
    ...sharedFields({ ...alert, subject, name: subjectName(subject, services) }, nowMs),
    decision_text: DECISIONS[alert.decision],
    impact: subjectImpact(subject, alert.status, services),
    failures_in_row: failures,
    successes_in_row: successes,
    next_escalation_at: formatOptional(next && next.dueMs),
    next_channels: [...(next?.channels ?? [])],
    acknowledged_until: formatOptional(alert.acknowledgedUntilMs),
    inhibited_by: alert.inhibition && (parseService(alert.inhibition.by) ?? "monitor"),
  };
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
