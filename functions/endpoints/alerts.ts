/**
 * GET /alerts: every service that is not healthy, from its first failing check, as sentences in the seed's form; and every open
 * alert in detail. Reads the snapshot only. Invariant: the same list as `alerts` in /cluster_health at the same moment.
 */
import * as z from "zod/mini";
import { healthDocument } from "../../shared/domain/monitoring/health-document.ts";
import { AppError } from "../../shared/domain/app-error.ts";
import { alertDetail, alertDetails } from "../wire/alert-json.ts";
import { alerts, intervalS, timestamp } from "../wire/response-schemas.ts";
import { defineEndpoint } from "../http/endpoint.ts";
import { jsonResponse } from "../http/headers.ts";

export const alertsEndpoint = defineEndpoint({
  path: "/alerts",
  name: "alerts",
  summary: "What is wrong now, critical things first; `details` tells the life of each alert.",
  parameters: {},
  response: z.object({ alerts, count: z.int(), timestamp, interval_s: intervalS, details: z.array(alertDetail) }),
  otherResponses: { 503: "Nothing has been committed yet." },
  async handle(_request, { host }) {
    const snapshot = await host.snapshots.read();
    if (!snapshot) throw new AppError("unavailable", "Nothing has been committed yet; ask again in a second.");
    const nowMs = host.clock.nowMs();
    const document = healthDocument(snapshot.moment, nowMs);
    const { intervalMs, servicesById: services } = host.cluster();
    return jsonResponse({
      alerts: document.alerts,
      count: document.alerts.length,
      timestamp: document.timestamp,
      interval_s: intervalMs / 1000,
      details: alertDetails(snapshot.alerting, { services, nowMs }),
    });
  },
});
