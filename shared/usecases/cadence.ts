/**
 * How often each service is looked at while things are as a snapshot says: its own interval, or a shorter one. Pure.
 * The probe loop arms its timers by it, sweeps say when each service is due. Holds no state.
 * Invariant: what is told is what is done.
 */
import { findRechecks } from "../domain/alerting/alerting.ts";
import type { AlertingState } from "../domain/alerting/alerting-state.ts";
import type { CheckStatus } from "../domain/monitoring/check.ts";
import { findOverallStatus, type ClusterMoment } from "../domain/monitoring/cluster-state.ts";
import { effectiveIntervalMs, urgentServices } from "../domain/monitoring/schedule.ts";
import type { Cluster } from "./cluster.ts";

/** In ms, by service id, of every service. */
export function intervalsInForce(
  { services, servicesById, intervals, alerting: { connectivityTargets } }: Cluster,
  { moment, alerting }: { readonly moment: ClusterMoment; readonly alerting: AlertingState },
): ReadonlyMap<string, number> {
  const causes = { services: servicesById, connectivityTargets, lastChecks: moment.checks };
  const rechecks = findRechecks(alerting, causes);
  const findStatus = (id: string): CheckStatus => moment.checks.get(id)?.status ?? "unknown";
  const urgent = urgentServices(services, findStatus);
  const overall = urgent.size === 0 ? "healthy" : findOverallStatus(moment);
  return new Map(
    services.map(({ id, intervalMs }) => {
      const situation = { urgent: urgent.has(id), recheckEveryMs: rechecks.get(id) ?? Infinity, overall };
      return [id, effectiveIntervalMs(intervalMs, situation, intervals)];
    }),
  );
}
