/**
 * Every endpoint, in the order in which `GET /` lists them. To add one: one file, one line here.
 * Read by app.ts, openapi.ts and the index. Invariant: what is listed here is mounted, described and tested.
 */
import type { Endpoint } from "../endpoint.ts";
import { alertsEndpoint } from "./alerts.ts";
import { clusterHealthEndpoint } from "./cluster-health.ts";
import { healthEndpoint } from "./health.ts";
import { historyEndpoint } from "./history.ts";
import { serviceHistoryEndpoint } from "./service-history.ts";
import { statsEndpoint } from "./stats.ts";

export const ENDPOINTS: readonly Endpoint[] = [
  clusterHealthEndpoint,
  healthEndpoint,
  alertsEndpoint,
  historyEndpoint,
  serviceHistoryEndpoint,
  statsEndpoint,
];
