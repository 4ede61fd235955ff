/**
 * Services whose prober answers what the test says, and counts how often it was asked.
 */
import { DEFAULT_ALERT_RULES } from "../../shared/domain/alerting/alert.ts";
import { redactNothing } from "../../shared/domain/text/redact.ts";
import type { Observation } from "../../shared/domain/monitoring/check.ts";
import type { Finding, MonitoredService, ProbeContext } from "../../shared/ports/prober.ts";

export const HEALTHY: Observation = {
  status: "healthy",
  reason: null,
  message: null,
  responseTimeMs: 20,
  statusCode: 200,
  details: {},
};

export const REFUSED: Observation = {
  status: "error",
  reason: "refused",
  message: "Connection refused",
  responseTimeMs: 0.4,
  statusCode: null,
  details: {},
};

export const HTTP_503: Observation = {
  status: "unhealthy",
  reason: "http_status",
  message: "HTTP 503",
  responseTimeMs: 4,
  statusCode: 503,
  details: {},
};

export interface FakeService extends MonitoredService {
  /** What the next probes answer; a function is asked each time. */
  response: Finding | ((context: ProbeContext) => Promise<Finding>);
  asked: number;
}

export function fakeService(id: string, more: Partial<MonitoredService> = {}): FakeService {
  const service: FakeService = {
    id,
    name: `Service ${id}`,
    critical: true,
    checkType: "http",
    timeoutMs: 10_000,
    intervalMs: 30_000,
    slowAfterMs: null,
    startingGraceMs: 600_000,
    dependsOn: [],
    machine: null,
    group: null,
    impact: null,
    alertRules: DEFAULT_ALERT_RULES,
    onFiring: null,
    remediate: null,
    remediationTimeoutMs: 0,
    address: "192.0.2.1:80",
    written: { url: "http://192.0.2.1/" },
    fingerprint: "1",
    redact: redactNothing,
    ...more,
    response: HEALTHY,
    asked: 0,
    async probe(context) {
      service.asked += 1;
      return typeof service.response === "function" ? service.response(context) : service.response;
    },
  };
  return service;
}

/** The answer of a service that never gives one. */
export function never(): Promise<never> {
  return new Promise(() => {});
}
