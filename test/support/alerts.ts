/**
 * Small makers of alerting values for tests: everything has a default, a test names only what it is about.
 */
import { advance, AT_REST, type OpenAlert } from "../../shared/domain/alerting/alert-life.ts";
import { DEFAULT_ALERT_RULES } from "../../shared/domain/alerting/alert.ts";
import type { AlertReport, Notification } from "../../shared/domain/alerting/notification.ts";
import { T0 } from "./checks.ts";

/** A critical alert of service `a` that fired at T0 and has been told to nobody. */
export function openAlert(more: Partial<OpenAlert> = {}): OpenAlert {
  const problem = { status: "timeout", reason: "deadline_response", message: "Request timed out" } as const;
  const evidence = { verdict: "failing", beganAtMs: T0, atMs: T0, problem, severity: "critical" } as const;
  const { memory } = advance(AT_REST, evidence, { key: "a", rules: { ...DEFAULT_ALERT_RULES, failures: 1 } });
  if (!memory.alert) throw new Error("it did not fire");
  return { ...memory.alert, ...more };
}

export function report(more: Partial<AlertReport> = {}): AlertReport {
  return {
    id: "a-1",
    service: "a",
    name: "Tools Server",
    severity: "critical",
    state: "firing",
    status: "timeout",
    reason: "deadline_response",
    message: "Request timed out",
    sinceMs: T0,
    endedAtMs: null,
    endReason: null,
    isFlapping: false,
    level: 1,
    acknowledgedBy: null,
    actionTaken: null,
    affected: [],
    ...more,
  };
}

export function notification(more: Partial<Notification> = {}): Notification {
  const alerts = more.alerts ?? [report()];
  return {
    id: "n-1",
    type: "alert.firing",
    atMs: T0,
    node: "n1",
    severity: "critical",
    isLate: false,
    ...more,
    alerts,
  };
}
