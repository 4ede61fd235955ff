/**
 * GET /alerts: every service that is not healthy, from its first failing check, as sentences in the seed's form (the same list as
 * in /cluster_health at the same moment), and every open alert in detail; all from the snapshot.
 * GET /alerts/history: every alert that ever fired. POST /alerts/{id}/acknowledge: somebody looks after it, told by a sweep's commit.
 * Invariants: following `next_cursor` shows every alert of the query once, whatever fires meanwhile; acknowledging again only begins
 * the hour anew.
 */
import * as z from "zod/mini";
import { healthDocument } from "../../shared/domain/monitoring/health-document.ts";
import { listAlerts } from "../../shared/storage/alert-log.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { nextCursor, pageParameters, readPage } from "../http/paging.ts";
import { id, instant, key, openTimeRange } from "../http/parameters.ts";
import { REFUSALS } from "../http/problem.ts";
import { openAlert, openAlerts, pastAlert, pastAlertJson } from "../wire/alert-json.ts";
import { applyCommand, comment } from "../wire/commands.ts";
import { noted } from "../wire/named-schema.ts";
import { alerts, count, intervalS, severity, timestamp } from "../wire/schemas.ts";

export const alertsEndpoint = defineEndpoint({
  path: "/alerts",
  name: "alerts",
  summary: "What is wrong now, critical things first; `details` tells the life of each alert.",
  effect: "read",
  response: z.object({ alerts, count, timestamp, interval_s: intervalS, details: z.array(openAlert) }),
  refusals: { unavailable: REFUSALS.unavailable },
  async handle({ refuse }, context) {
    const snapshot = await context.snapshots.read();
    if (!snapshot) throw refuse("unavailable");
    const nowMs = context.clock.nowMs();
    const document = healthDocument(snapshot.moment, nowMs);
    const { intervalMs, servicesById: services } = context.cluster();
    return {
      alerts: document.alerts,
      count: document.alerts.length,
      timestamp: document.timestamp,
      interval_s: intervalMs / 1000,
      details: openAlerts(snapshot.alerting, { services, nowMs }),
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
    ...pageParameters,
  },
  response: z.object({ alerts: z.array(pastAlert), next_cursor: nextCursor }),
  async handle({ query }, { clock, db }) {
    const page = readPage(query);
    const records = await listAlerts(db, {
      ...openTimeRange(query),
      after: page.after && { firedAtMs: page.after.place, id: page.after.id ?? "" },
      limit: page.limit,
      service: query.service ?? null,
      severity: query.severity ?? null,
      isOpen: query.state === undefined ? null : query.state === "open",
    });
    const nowMs = clock.nowMs();
    return {
      alerts: records.map((record) => pastAlertJson(record, nowMs)),
      next_cursor: page.cursorAfter(records, (last) => ({ place: last.firedAtMs, id: last.id })),
    };
  },
});

export const acknowledgeEndpoint = defineEndpoint({
  path: "/alerts/{id}/acknowledge",
  name: "acknowledgeAlert",
  method: "POST",
  summary: "Stops escalation and reminders of a firing alert for an hour, or until it is over.",
  effect: "write",
  scope: "alerts:write",
  pathParameters: { id: id("Id of an open alert.") },
  body: z.strictObject({ comment: z.optional(comment) }),
  response: z.object({ id: z.string(), state: z.literal("acknowledged"), acknowledged_by: z.string() }),
  refusals: {
    not_found: "There is no open alert with this id.",
    conflict: "The alert is not firing yet; there is nothing to stop.",
  },
  async handle(request, context) {
    const { path, actor, body } = request;
    const command = { kind: "acknowledge", alertId: path.id, by: actor, comment: body.comment ?? null } as const;
    await applyCommand(context, command, request);
    return { id: path.id, state: "acknowledged", acknowledged_by: actor };
  },
});
