/**
 * GET /services/{service}: one service as it is configured, what it is now, what it needs and what needs it, and how it was over a day,
 * a week and a quarter. Of a service that has been removed what is left: its past.
 * Invariants: no secret, and of its address neither path nor query; nothing is told of a removed service beyond its removal.
 */
import * as z from "zod/mini";
import { statusSpans } from "../../shared/domain/history/status-spans.ts";
import { findUptime } from "../../shared/domain/history/uptime.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import type { StatusBoard } from "../../shared/domain/monitoring/status-board.ts";
import { formatOptional, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import type { MonitoredService } from "../../shared/ports/prober.ts";
import type { Snapshot } from "../../shared/ports/store.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { MonitorContext } from "../context.ts";
import { defineEndpoint, type ValueOf } from "../http/endpoint.ts";
import { key } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { findSubject } from "../report/find-subject.ts";
import type { Subject } from "../report/subjects.ts";
import { readDue } from "../wire/read-due.ts";
import {
  checkStatus,
  count,
  named,
  noted,
  nullableTimestamp,
  percent,
  reason,
  seconds,
  timestamp,
} from "../wire/schemas.ts";

const HOUR_MS = 3_600_000;
/** A day, a week, a quarter. */
const PERIODS_H = [24, 7 * 24, 90 * 24] as const;

const neighbour = named("Neighbour", z.object({ service: z.string(), name: z.string(), status: checkStatus }));

const figures = named(
  "PeriodFigures",
  z.object({
    hours: noted("How long it is, up to now.", count),
    since: timestamp,
    uptime_percent: percent,
    coverage_percent: percent,
    outages: count,
    mttr_s: z.nullable(seconds),
    mtbf_s: z.nullable(seconds),
  }),
  "As `/uptime` counts it.",
);

const SETTINGS_SHAPE = {
  critical: noted("Null, as all that the configuration says: it has been removed.", z.nullable(z.boolean())),
  check_type: z.nullable(z.string()),
  address: noted("Host and port of what is asked; null where the check type has none.", z.nullable(z.string())),
  impact: noted("What people lack while it is down; null: the configuration does not say.", z.nullable(z.string())),
  interval_s: noted("How often it is looked at when all is well.", z.nullable(seconds)),
  timeout_s: z.nullable(seconds),
  slow_after_s: z.nullable(seconds),
  configuration: noted(
    "Its keys as they are written; secrets are `<secret>`.",
    z.nullable(z.record(z.string(), z.any())),
  ),
};

export const serviceEndpoint = defineEndpoint({
  path: "/services/{service}",
  name: "service",
  summary: "One service: how it is checked, what it is now, what it needs, what needs it, and how it was.",
  effect: "read",
  pathParameters: { service: key("Key of a service, also of one that has been removed.") },
  response: z.object({
    service: z.string(),
    name: noted("Its key, if it has been removed.", z.string()),
    configured: noted("False: it has been removed; its past is still there.", z.boolean()),
    status: checkStatus,
    reason: noted("Null while it is well, and of one that has been removed.", z.nullable(reason)),
    message: z.nullable(z.string()),
    since: noted("When the present status began, or when it was removed.", nullableTimestamp),
    checked_at: nullableTimestamp,
    next_check_at: noted("When it will be looked at again, at the latest; null when nobody knows.", nullableTimestamp),
    ...SETTINGS_SHAPE,
    depends_on: noted("What it needs directly.", z.array(neighbour)),
    dependents: noted("What needs it directly.", z.array(neighbour)),
    periods: noted("The shortest first.", z.array(figures)),
  }),
  refusals: { not_found: "There is no such service, and there was none.", unavailable: REFUSALS.unavailable },
  async handle({ path: { service: id }, refuse }, context) {
    const subject = await findSubject(context, id);
    if (!subject) throw refuse("not_found");
    const snapshot = await context.snapshots.read();
    if (!snapshot) throw refuse("unavailable");
    const nowMs = context.clock.nowMs();
    return {
      ...presentJson(context, { subject, snapshot, nowMs }),
      periods: await listPeriods(context, subject, nowMs),
    };
  },
});

interface Present {
  readonly subject: Subject;
  readonly snapshot: Snapshot;
  readonly nowMs: number;
}

/** What is told of a service but for its past: no more than the last commit is needed for it. */
export function presentJson(context: MonitorContext, { subject, snapshot, nowMs }: Present) {
  const { id, name } = subject;
  const service = context.cluster().servicesById.get(id) ?? null;
  const board = context.boards.of(snapshot, nowMs);
  const dueMs = readDue(snapshot.body, id);
  return {
    service: id,
    name,
    configured: service !== null,
    ...statusOf(subject, board),
    checked_at: formatOptional(snapshot.moment.checks.get(id)?.checkedAtMs ?? null),
    next_check_at: formatOptional(dueMs !== null && dueMs > nowMs ? dueMs : null),
    ...settingsJson(service),
    ...neighbours(context, id, board),
  };
}

function statusOf({ id, isConfigured, range }: Subject, { services }: StatusBoard) {
  const state = services.get(id);
  if (!isConfigured || !state) {
    const status: CheckStatus = "unknown";
    return { status, reason: null, message: null, since: isConfigured ? null : formatTimestamp(range.untilMs) };
  }
  const { status, reason: why, message, sinceMs } = state;
  return { status, reason: why, message, since: formatOptional(sinceMs) };
}

const NO_SETTINGS = {
  critical: null,
  check_type: null,
  address: null,
  impact: null,
  interval_s: null,
  timeout_s: null,
  slow_after_s: null,
  configuration: null,
};

function settingsJson(service: MonitoredService | null): ValueOf<z.ZodMiniObject<typeof SETTINGS_SHAPE>> {
  if (!service) return NO_SETTINGS;
  const { critical, checkType, address, impact, intervalMs, timeoutMs, slowAfterMs, written } = service;
  return {
    critical,
    check_type: checkType,
    address,
    impact,
    interval_s: intervalMs / 1_000,
    timeout_s: timeoutMs / 1_000,
    slow_after_s: slowAfterMs && slowAfterMs / 1_000,
    configuration: written,
  };
}

function neighbours({ cluster }: MonitorContext, id: string, board: StatusBoard) {
  const { services, servicesById } = cluster();
  const listed = (ids: readonly string[]): ValueOf<typeof neighbour>[] =>
    ids.map((other) => ({
      service: other,
      name: servicesById.get(other)?.name ?? other,
      status: board.services.get(other)?.status ?? "unknown",
    }));
  const needing = services.filter(({ dependsOn }) => dependsOn.includes(id)).map((other) => other.id);
  return { depends_on: listed(servicesById.get(id)?.dependsOn ?? []), dependents: listed(needing) };
}

/** Of one reading: each period is a part of the longest. */
async function listPeriods(context: MonitorContext, { id, range }: Subject, nowMs: number) {
  const untilMs = Math.min(range.untilMs, nowMs);
  const oldestMs = nowMs - Math.max(...PERIODS_H) * HOUR_MS;
  const transitions = await readOutageTransitions(context, { serviceIds: [id], sinceMs: oldestMs, untilMs: nowMs });
  const spans = statusSpans(transitions.get(id) ?? [], { ...range, sinceMs: 0, untilMs });
  return PERIODS_H.map((hours) => {
    const sinceMs = nowMs - hours * HOUR_MS;
    const uptime = findUptime(spans, [{ sinceMs, untilMs: nowMs }]);
    return {
      hours,
      since: formatTimestamp(sinceMs),
      uptime_percent: uptime.uptimePercent,
      coverage_percent: uptime.coveragePercent,
      outages: uptime.outages,
      mttr_s: uptime.mttrMs && Math.round(uptime.mttrMs / 1_000),
      mtbf_s: uptime.mtbfMs && Math.round(uptime.mtbfMs / 1_000),
    };
  });
}
