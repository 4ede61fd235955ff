/**
 * What a maintenance window covers: the services that it names, and what fails meanwhile because it needs one of them. Pure.
 * `draft-sweep` asks it for every check, alerting before anybody is told.
 * Invariant: what needs a service in maintenance and works all the same is watched as ever.
 */
import { parseService } from "./alerting-state.ts";
import { isInMaintenance, type MaintenanceWindow } from "./maintenance-window.ts";
import type { Check } from "../monitoring/check.ts";
import type { Service } from "../monitoring/service.ts";

export interface Planned {
  readonly services: ReadonlyMap<string, Pick<Service, "dependsOn">>;
  readonly windows: readonly MaintenanceWindow[];
  readonly nowMs: number;
}

/** The window in which a failure of the subject is nobody's problem: its service's own, or of what that needs. */
export function findMaintenance(subject: string, { services, windows, nowMs }: Planned): MaintenanceWindow | null {
  const service = parseService(subject);
  if (service === null || windows.length === 0) return null;
  // A certificate ends whatever its service needs.
  const covering = service === subject ? [service, ...listAncestors(service, services)] : [service];
  for (const id of covering) {
    const window = isInMaintenance(windows, id, nowMs);
    if (window) return window;
  }
  return null;
}

/** Probing goes on in maintenance; what it finds is kept, the reason as an excused one, but it is nobody's failure. */
export function asInMaintenance(check: Check, { services, windows }: Omit<Planned, "nowMs">): Check {
  const { serviceId, checkedAtMs: nowMs, status, reason } = check;
  if (windows.length === 0) return check;
  const isCovered =
    status === "healthy"
      ? isInMaintenance(windows, serviceId, nowMs)
      : findMaintenance(serviceId, { services, windows, nowMs });
  if (!isCovered) return check;
  const details = reason === null ? check.details : { ...check.details, excused: reason };
  return { ...check, status: "maintenance", reason: null, message: null, details };
}

/**
 * What a service needs, directly or not, the nearest first. Also a cycle ends.
 * @param isWay of what it needs, those whose own needs are its needs as well; default: all
 */
export function listAncestors(
  id: string,
  services: Planned["services"],
  isWay: (ancestor: string) => boolean = () => true,
): string[] {
  const found = new Set([id]);
  for (const each of found) {
    if (each !== id && !isWay(each)) continue;
    for (const parent of services.get(each)?.dependsOn ?? []) found.add(parent);
  }
  return [...found].slice(1);
}
