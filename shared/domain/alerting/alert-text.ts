/**
 * The sentences of `alerts` in `/cluster_health` and `/alerts`, in the seed's form.
 * Knows one moment of the cluster, not the life of an alert. Called by `health-document.ts`.
 * Invariant: every service that is not healthy is listed from its first failing check; maintenance and "not yet checked" are not.
 */
import { SEVERITIES, chooseSeverity, type Severity } from "./alert.ts";
import type { CheckStatus, Observation } from "../monitoring/check.ts";
import type { RosterEntry } from "../monitoring/service.ts";

const QUIET: ReadonlySet<CheckStatus> = new Set(["healthy", "maintenance"]);

/**
 * One sentence a service, critical ones first, each in roster order:
 * `CRITICAL: Tools Server is timeout - Request timed out`. After them our own faults.
 */
export function alertTexts(
  shown: readonly { entry: RosterEntry; observation: Observation }[],
  faults: readonly string[],
): string[] {
  const texts: Record<Severity, string[]> = { critical: [], warning: [], info: [] };
  for (const { entry, observation } of shown) {
    const { status, reason, message } = observation;
    if (QUIET.has(status) || reason === "not_checked") continue;
    const severity = chooseSeverity(entry, reason);
    texts[severity].push(`${severity.toUpperCase()}: ${entry.name} is ${status}${message ? ` - ${message}` : ""}`);
  }
  return [
    ...SEVERITIES.flatMap((severity) => texts[severity]),
    ...faults.map((fault) => `WARNING: Monitoring is degraded - ${fault}`),
  ];
}
