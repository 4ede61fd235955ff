/** What strangers may see, for tests: complete with what a test does not care about. */
import type { Incident } from "../../functions/public/incident.ts";
import type { PublicService, PublicStatus } from "../../functions/public/status-model.ts";
import { DAY_MS, formatTimestamp } from "../../shared/domain/text/timestamp.ts";
import { MINUTE, T0 } from "./checks.ts";

const DAY_S = 86_400;
const DAYS = 90;

/** Healthy for ninety days. */
export function publicService(more: Partial<PublicService> = {}): PublicService {
  const times = { healthy: DAY_S, degraded: 0, maintenance: 0, unknown: 0, down: 0 };
  return {
    id: "tools",
    name: "Tools Server",
    status: "healthy",
    sentence: null,
    sinceMs: T0 - 4 * MINUTE,
    past: {
      days: Array.from({ length: DAYS }, (_, index) => formatTimestamp(T0 - (DAYS - 1 - index) * DAY_MS).slice(0, 10)),
      uptime: {
        days: Array.from({ length: DAYS }, () => times),
        uptimePercent: 99.66,
        coveragePercent: 100,
        outages: 0,
        mttrMs: null,
        mtbfMs: null,
      },
    },
    ...more,
  };
}

export function publicStatus(more: Partial<PublicStatus> = {}, services = [publicService()]): PublicStatus {
  return {
    title: "Home cluster",
    isIndexed: false,
    notice: null,
    atMs: T0,
    overall: "healthy",
    sinceMs: T0 - 60 * MINUTE,
    unknownSinceMs: null,
    sentence: "All 3 services answer.",
    updatedAtMs: T0 - 1_000,
    isStale: false,
    isPastFailing: false,
    groups: [{ name: null, services }],
    services: new Map(services.map((service) => [service.id, service])),
    planned: [],
    incidents: [],
    notices: [],
    ...more,
  };
}

export function incident(more: Partial<Incident> = {}): Incident {
  return {
    id: "00000000-0000-8000-8000-000000000001",
    serviceId: "tools",
    serviceName: "Tools Server",
    status: "timeout",
    sentence: "It does not answer in time.",
    sinceMs: T0 - 10 * MINUTE,
    untilMs: T0 - 5 * MINUTE,
    seenMs: 278_000,
    updates: [],
    ...more,
  };
}
