/**
 * The sentences of `alerts` in `/cluster_health` and `/alerts`, in the seed's form.
 * Knows one moment of the cluster, not the life of an alert. Called by `health-document.ts`.
 * Invariant: every service that is not healthy is listed from its first failing check; maintenance and "not yet checked" are not.
 */
import type { CheckStatus, Observation, Reason } from "./check.ts";
import type { RosterEntry } from "./service.ts";

export type Severity = "critical" | "warning";

const QUIET: ReadonlySet<CheckStatus> = new Set(["healthy", "maintenance"]);
const NEVER_CRITICAL: ReadonlySet<Reason> = new Set(["slow", "stale"]);

/** Severity of a service's problem: slow answers and our own missing evidence are warnings whatever the service. */
function severityOf(entry: Pick<RosterEntry, "critical">, reason: Reason | null): Severity {
  return entry.critical && !(reason && NEVER_CRITICAL.has(reason)) ? "critical" : "warning";
}

/**
 * One sentence a service, critical ones first, each in roster order:
 * `CRITICAL: Tools Server is timeout - Request timed out`. After them our own faults.
 */
export function alertTexts(
  shown: readonly { entry: RosterEntry; observation: Observation }[],
  faults: readonly string[],
): string[] {
  const texts: Record<Severity, string[]> = { critical: [], warning: [] };
  for (const { entry, observation } of shown) {
    const { status, reason, message } = observation;
    if (QUIET.has(status) || reason === "not_checked") continue;
    const severity = severityOf(entry, reason);
    texts[severity].push(`${severity.toUpperCase()}: ${entry.name} is ${status}${message ? ` - ${message}` : ""}`);
  }
  return [...texts.critical, ...texts.warning, ...faults.map((fault) => `WARNING: Monitoring is degraded - ${fault}`)];
}
