/**
 * Every endpoint, in the order in which `GET /` lists them. To add one: one file, one line here.
 * Read by app.ts, openapi.ts and the index. Invariant: what is listed here is mounted, described and tested.
 */
import { acknowledgeEndpoint } from "./acknowledge.ts";
import { alertHistoryEndpoint } from "./alert-history.ts";
import { alertsEndpoint } from "./alerts.ts";
import { auditEndpoint } from "./audit.ts";
import { testChannelEndpoint } from "./channel-test.ts";
import { channelsEndpoint } from "./channels.ts";
import { clusterHealthEndpoint } from "./cluster-health.ts";
import { drillEndpoint, startDrillEndpoint } from "./drill.ts";
import { healthEndpoint } from "./health.ts";
import { indexEndpoint } from "./index.ts";
import { openApiEndpoint } from "./openapi.ts";
import { historyEndpoint } from "./history.ts";
import { createMaintenanceEndpoint, deleteMaintenanceEndpoint, maintenanceEndpoint } from "./maintenance.ts";
import { serviceHistoryEndpoint } from "./service-history.ts";
import { createSilenceEndpoint, endSilenceEndpoint, silencesEndpoint } from "./silences.ts";
import { statsEndpoint } from "./stats.ts";

export const ENDPOINTS = [
  clusterHealthEndpoint,
  healthEndpoint,
  alertsEndpoint,
  alertHistoryEndpoint,
  acknowledgeEndpoint,
  historyEndpoint,
  serviceHistoryEndpoint,
  statsEndpoint,
  silencesEndpoint,
  createSilenceEndpoint,
  endSilenceEndpoint,
  maintenanceEndpoint,
  createMaintenanceEndpoint,
  deleteMaintenanceEndpoint,
  channelsEndpoint,
  testChannelEndpoint,
  startDrillEndpoint,
  drillEndpoint,
  auditEndpoint,
  openApiEndpoint,
  indexEndpoint,
] as const;
