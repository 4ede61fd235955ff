/**
 * What both committers do with a sweep: recognise it in what is stored, and tell what it has changed.
 * Called by sweep-committer.ts and round-committer.ts. Knows neither when nor how often anything is committed.
 */
import type { Check } from "../../domain/monitoring/check.ts";
import type { AlertRecord } from "../../domain/alerting/alerting-state.ts";
import type { Transition } from "../../domain/monitoring/transition.ts";
import type { Log } from "../../ports/log.ts";
import type { Snapshot } from "../../ports/store.ts";
import type { Cluster } from "../cluster.ts";
import type { DraftedSweep } from "./draft-sweep.ts";

/** True when what is stored is this very commit; another process has other checks, and so another body. */
export function isSameSweep(stored: Snapshot | null, { snapshot }: DraftedSweep): boolean {
  return stored?.generation === snapshot.generation && stored.etag === snapshot.etag && stored.body === snapshot.body;
}

/** Two checks of one cadence are never quite an interval apart. */
const NEARLY_AN_INTERVAL = 0.9;

/**
 * True for a check that is to be stored although another process committed first: that one checks what we check, but what it has
 * not checked for an interval it will not check any more.
 */
export function isMissingIn(
  stored: Snapshot | null,
  { serviceId, checkedAtMs }: Check,
  { servicesById }: Pick<Cluster, "servicesById">,
): boolean {
  const service = servicesById.get(serviceId);
  const last = stored?.moment.checks.get(serviceId);
  if (!service || !last) return service !== undefined;
  return checkedAtMs - last.checkedAtMs > service.intervalMs * NEARLY_AN_INTERVAL;
}

/** What people look into the log for. Our own absence (`stale`) and its end are no news about a service. */
export function logTransitions(log: Log, transitions: readonly Transition[]): void {
  for (const { serviceId, from, to, reason, message } of transitions) {
    const isNews = reason !== "stale" && !(from === "unknown" && to === "healthy");
    const level = !isNews ? "debug" : to === "healthy" ? "info" : "warn";
    log.write(level, `service is ${to}`, { service: serviceId, from, ...(reason && { reason, error: message }) });
  }
}

/** Every alert that fires or ends is in the log, whatever the policies say. */
export function logAlerts(log: Log, records: readonly AlertRecord[]): void {
  for (const { id, name, severity, state, reason, message, decision, endReason } of records) {
    const level = state === "resolved" || severity === "info" ? "info" : "warn";
    log.write(level, `alert is ${state}`, {
      id,
      name,
      severity,
      reason: endReason ?? reason,
      error: message,
      decision,
    });
  }
}
