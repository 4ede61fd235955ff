/**
 * A service of which only the rules matter: rows that make checks themselves configure it here. It is never probed.
 */
import { DEFAULT_ALERT_RULES } from "../../shared/domain/alerting/alert.ts";
import type { MonitoredService } from "../../shared/ports/prober.ts";

export function unprobedService(id: string, more: Partial<MonitoredService> = {}): MonitoredService {
  return {
    id,
    name: id,
    critical: true,
    checkType: "http",
    timeoutMs: 10_000,
    intervalMs: 30_000,
    slowAfterMs: null,
    dependsOn: [],
    machine: null,
    alertRules: DEFAULT_ALERT_RULES,
    onFiring: null,
    remediate: null,
    remediationTimeoutMs: 0,
    probe: () => Promise.reject(new Error("nothing is probed here")),
    fingerprint: "1",
    ...more,
  };
}
