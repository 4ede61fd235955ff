/**
 * GET /alerts: every service that is not healthy, from its first failing check, as sentences in the seed's form; and every open
 * alert in detail. Reads the snapshot only. Invariant: the same list as `alerts` in /cluster_health at the same moment.
 */
import * as z from "zod/mini";
import { healthDocument } from "../../shared/domain/monitoring/health-document.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { REFUSALS } from "../http/problem.ts";
import { openAlert, openAlerts } from "../wire/alert-json.ts";
import { alerts, count, intervalS, timestamp } from "../wire/schemas.ts";

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
