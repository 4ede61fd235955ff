/**
 * When a service is due: a fixed grid per service, shortened while it fails.
 * Knows no timers; all times are monotonic milliseconds given by the caller. The Node scheduler asks it after every check.
 * Invariant: due times lie on the service's grid, so they neither drift nor gather.
 */
import type { CheckStatus } from "./check.ts";
import type { OverallStatus } from "./cluster-status.ts";
import { fnv1a } from "../text/fnv1a.ts";
import type { Service } from "./service.ts";

/** Cadence of failing services (and of what depends on them) while the cluster is not healthy. */
export interface AdaptiveIntervals {
  readonly degradedMs: number;
  readonly unhealthyMs: number;
}

const FAILING: ReadonlySet<CheckStatus> = new Set(["unhealthy", "timeout", "error"]);

/** Where cron wakes the probing, it does so this often. */
export const ROUND_MS = 60_000;

/**
 * How old the last check of a service may be when a round begins that leaves it alone, ms. Half a round of tolerance: rounds begin
 * some seconds early or late, and a check of the last one is then a little younger than its interval.
 */
export function longestRoundAgeMs(intervalMs: number): number {
  return intervalMs - ROUND_MS / 2 - 1;
}

/** True without a check, and for one from the future, which a clock that was set back has left. */
export function isOlderThan(last: { readonly checkedAtMs: number } | undefined, ageMs: number, nowMs: number): boolean {
  return !last || Math.abs(nowMs - last.checkedAtMs) > ageMs;
}

/** Position of a service on its grid: a hash of the id, so that it survives restarts. 0 ≤ result < interval. */
export function phaseOffsetMs(serviceId: string, intervalMs: number): number {
  return fnv1a(serviceId) % intervalMs;
}

/** The first grid point after `afterMs`. Worked example: interval 30,000, offset 4,000, after 64,500 → 94,000. */
export function nextDueMs(afterMs: number, intervalMs: number, offsetMs: number): number {
  return (Math.floor((afterMs - offsetMs) / intervalMs) + 1) * intervalMs + offsetMs;
}

/** The two clocks at one instant. */
export interface Instant {
  /** Epoch ms. */
  readonly nowMs: number;
  readonly monotonicMs: number;
}

/** When a service that is looked at every `intervalMs`, and was at `checkedAtMs`, will be looked at again; epoch ms. */
export type FindNextCheck = (
  service: { readonly id: string; readonly intervalMs: number; readonly checkedAtMs: number },
  now: Instant,
) => number;

/** When a service whose grid this is will be looked at again, epoch ms. */
export function nextOnGridMs(serviceId: string, intervalMs: number, { nowMs, monotonicMs }: Instant): number {
  return Math.round(nowMs + nextDueMs(monotonicMs, intervalMs, phaseOffsetMs(serviceId, intervalMs)) - monotonicMs);
}

/** The first round that does not leave a service alone, epoch ms; rounds begin with the minute. */
export function nextRoundMs(checkedAtMs: number, intervalMs: number, nowMs: number): number {
  const earliestMs = Math.max(checkedAtMs + longestRoundAgeMs(intervalMs), nowMs + 1);
  return Math.ceil(earliestMs / ROUND_MS) * ROUND_MS;
}

/**
 * Services that deserve the shortened cadence: those that fail and those that depend on one, directly or not.
 * A slow (`degraded`) service is not failing: asking it more often would load it further.
 */
export function urgentServices(
  services: readonly Pick<Service, "id" | "dependsOn">[],
  statusOf: (serviceId: string) => CheckStatus,
): ReadonlySet<string> {
  const urgent = new Set(services.filter(({ id }) => FAILING.has(statusOf(id))).map(({ id }) => id));
  for (let before = -1; before !== urgent.size;) {
    before = urgent.size;
    for (const { id, dependsOn } of services) if (dependsOn.some((parent) => urgent.has(parent))) urgent.add(id);
  }
  return urgent;
}

/** More often than this would be load, however short the interval is. */
const SHORTEST_RECHECK_MS = 200;

/** How often a service is looked at while it is not decided whether it is down, or up again: four times as often. */
export function recheckMs(configuredMs: number): number {
  return Math.min(configuredMs, Math.max(SHORTEST_RECHECK_MS, Math.round(configuredMs / 4)));
}

export interface CadenceSituation {
  /** It fails, or depends on what does. */
  readonly urgent: boolean;
  /** How often to look while its next checks decide about an alert; Infinity while they do not. */
  readonly recheckEveryMs: number;
  readonly overall: OverallStatus;
}

/** The interval in force for one service: its own, or a shorter one while it is urgent or undecided. */
export function effectiveIntervalMs(
  configuredMs: number,
  { urgent, recheckEveryMs, overall }: CadenceSituation,
  { degradedMs, unhealthyMs }: AdaptiveIntervals,
): number {
  return Math.min(
    configuredMs,
    recheckEveryMs,
    urgent && overall === "degraded" ? degradedMs : Infinity,
    urgent && overall === "unhealthy" ? unhealthyMs : Infinity,
  );
}
