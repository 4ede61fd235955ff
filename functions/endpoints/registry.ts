/**
 * Every endpoint, in the order in which `GET /` lists them. To add one: `defineEndpoint`, and one line here.
 * Read by app.ts, openapi.ts and the index. Invariant: what is listed here is mounted, described and tested.
 */
import { acknowledgeEndpoint, alertHistoryEndpoint, alertsEndpoint } from "./alerts.ts";
import { auditEndpoint } from "./audit.ts";
import { channelsEndpoint, testChannelEndpoint } from "./channels.ts";
import { clusterHealthEndpoint } from "./cluster-health.ts";
import { configurationEndpoint, configurationFileEndpoint } from "./configuration.ts";
import { drillEndpoint, startDrillEndpoint } from "./drill.ts";
import { eventsEndpoint } from "./events.ts";
import { explainEndpoint } from "./explain.ts";
import { AGENT_ENDPOINTS } from "./for-agents.ts";
import { haproxyEndpoint } from "./haproxy.ts";
import { healthEndpoint } from "./health.ts";
import { historyEndpoint, serviceHistoryEndpoint } from "./history.ts";
import { indexEndpoint, openApiEndpoint } from "./index.ts";
import { createMaintenanceEndpoint, deleteMaintenanceEndpoint, maintenanceEndpoint } from "./maintenance.ts";
import { outagesEndpoint } from "./outages.ts";
import { reportEndpoint } from "./report.ts";
import { createSilenceEndpoint, endSilenceEndpoint, silencesEndpoint } from "./silences.ts";
import { createMarkEndpoint, marksEndpoint, withdrawMarkEndpoint } from "./marks.ts";
import { seriesEndpoint } from "./series.ts";
import { serviceEndpoint } from "./service.ts";
import { statsEndpoint } from "./stats.ts";
import { timelineEndpoint } from "./timeline.ts";
import { transitionsEndpoint } from "./transitions.ts";
import { uptimeEndpoint } from "./uptime.ts";

export const ENDPOINTS = [
  clusterHealthEndpoint,
  ...AGENT_ENDPOINTS,
  eventsEndpoint,
  healthEndpoint,
  alertsEndpoint,
  alertHistoryEndpoint,
  acknowledgeEndpoint,
  historyEndpoint,
  serviceHistoryEndpoint,
  seriesEndpoint,
  transitionsEndpoint,
  timelineEndpoint,
  uptimeEndpoint,
  serviceEndpoint,
  outagesEndpoint,
  explainEndpoint,
  reportEndpoint,
  marksEndpoint,
  createMarkEndpoint,
  withdrawMarkEndpoint,
  statsEndpoint,
  haproxyEndpoint,
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
  configurationEndpoint,
  configurationFileEndpoint,
  auditEndpoint,
  openApiEndpoint,
  indexEndpoint,
] as const;
