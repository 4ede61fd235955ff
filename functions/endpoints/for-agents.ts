/**
 * What agents ask before they call anybody, in the order in which `GET /` lists it. Part of registry.ts, which says what is done with it.
 * To add one: `defineEndpoint`, and one line here.
 */
import { bestLlmEndpoint, routeEndpoint, routesEndpoint } from "./route.ts";
import { statusTextEndpoint } from "./status-text.ts";
import { waitEndpoint } from "./wait.ts";

export const AGENT_ENDPOINTS = [
  waitEndpoint,
  routeEndpoint,
  routesEndpoint,
  bestLlmEndpoint,
  statusTextEndpoint,
] as const;
