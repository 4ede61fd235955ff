/**
 * What stands behind what: a service that fails because another one does, or is being worked on, a monitor that is cut off. Pure.
 * `alerting.ts` asks it before anybody is told. It shapes messages; every failing service stays on every list all the same.
 * Invariant: a problem that is inhibited is told as soon as what inhibited it is over and a fresh check finds it again.
 */
import { bySeverity } from "./alert.ts";
import type { Inhibition, OpenAlert, SubjectMemory } from "./alert-life.ts";
import { isService, MONITOR, parseService } from "./alerting-state.ts";
import type { CheckStatus } from "../monitoring/check.ts";
import type { LastChecks } from "../monitoring/cluster-state.ts";
import type { Service } from "../monitoring/service.ts";
import { isInMaintenance, type MaintenanceWindow } from "./maintenance-window.ts";

export type Subjects = ReadonlyMap<string, SubjectMemory>;
export type Services = ReadonlyMap<string, Pick<Service, "id" | "name" | "dependsOn" | "machine">>;

/** Statuses of what cannot be reached, as opposed to what answers wrongly. */
const OUT_OF_REACH: ReadonlySet<CheckStatus> = new Set(["timeout", "error"]);

/** A slow service still serves; what depends on it has reasons of its own. */
const DOWN: ReadonlySet<CheckStatus> = new Set(["unhealthy", "timeout", "error"]);

/** When so large a share of all services cannot be resolved, it is the name server, or we are cut off. */
const DNS_SHARE = 0.5;
const DNS_SERVICES = 2;

/** True when the monitor itself is cut off: every connectivity target out of reach, or half of the names gone. */
export function isIsolated(connectivityTargets: readonly string[], services: Services, subjects: Subjects): boolean {
  if (connectivityTargets.length > 0 && connectivityTargets.every((id) => isOutOfReach(subjects.get(id)))) return true;
  let unresolved = 0;
  for (const { alert } of subjects.values()) if (alert?.reason === "dns") unresolved += 1;
  return unresolved >= Math.max(DNS_SERVICES, services.size * DNS_SHARE);
}

/** One that comes and goes shows, whenever it is there, that the network is. */
function isOutOfReach(memory: SubjectMemory | undefined): boolean {
  if (!memory?.alert || !isDown(memory) || !isUnreachable(memory.alert)) return false;
  return memory.failures > 0 || !memory.alert.isFlapping;
}

/** True when being cut off explains the problem. */
export function isUnreachable({ status }: Pick<OpenAlert, "status">): boolean {
  return OUT_OF_REACH.has(status);
}

export interface InhibitionSituation extends Causes {
  readonly services: Services;
  readonly windows: readonly MaintenanceWindow[];
  readonly nowMs: number;
  readonly subjects: Subjects;
  readonly isCutOff: boolean;
}

/** The alert with what inhibits it now; what inhibited it holds on until a check that began after its end fails, too. */
export function withInhibition(subject: string, alert: OpenAlert, situation: InhibitionSituation): OpenAlert {
  const inhibition = findInhibition(subject, alert, situation);
  if (inhibition) return { ...alert, inhibition: { ...inhibition, endedAtMs: null } };
  if (alert.inhibition === null) return alert;
  const { nowMs } = situation;
  const endedAtMs = alert.inhibition.endedAtMs ?? nowMs;
  if (alert.failedAtMs <= endedAtMs) return { ...alert, inhibition: { ...alert.inhibition, endedAtMs } };
  return { ...alert, inhibition: null, baseMs: nowMs };
}

/** What inhibits an alert at this moment; null when nothing does. */
export function findInhibition(
  subject: string,
  alert: OpenAlert,
  situation: InhibitionSituation,
): Pick<Inhibition, "kind" | "by"> | null {
  const { services, connectivityTargets, subjects, isCutOff } = situation;
  const window = findMaintenance(subject, situation);
  if (window) return { kind: "maintenance", by: window.id };
  if (!isService(subject)) return null;
  if (isCutOff && isUnreachable(alert)) return { kind: "isolated", by: MONITOR.isolated };
  const ancestor = connectivityTargets.includes(subject) ? null : failingAncestor(subject, services, subjects);
  return ancestor === null ? findLeader(alert, subjects) : { kind: "affected", by: ancestor };
}

/** What is down behind each subject, in the order of `subjects`; what a maintenance window explains is behind nobody's problem. */
export function findBehind(subjects: Subjects, situation: InhibitionSituation): Map<string, string[]> {
  const behind = new Map<string, string[]>();
  for (const [subject, { alert }] of subjects) {
    const inhibition = alert && findInhibition(subject, alert, situation);
    if (!inhibition || inhibition.kind === "maintenance") continue;
    behind.set(inhibition.by, [...(behind.get(inhibition.by) ?? []), subject]);
  }
  return behind;
}

/** What has become worse than the alert that it was told with speaks for itself. */
function findLeader({ inhibition, severity }: OpenAlert, subjects: Subjects): Inhibition | null {
  const leader = inhibition?.kind === "joined" ? subjects.get(inhibition.by)?.alert : null;
  return leader && bySeverity(severity, leader.severity) >= 0 ? inhibition : null;
}

/** So long nobody is told before what may explain the problem has been looked at; its own timeout may be longer. */
export const EXPLANATION_MS = 15_000;

/** What an explanation may be found in. */
export interface Causes<Each extends Pick<Service, "dependsOn"> = Pick<Service, "dependsOn">> {
  readonly services: ReadonlyMap<string, Each>;
  readonly connectivityTargets: readonly string[];
  /** Of all services, those of this sweep among them. */
  readonly lastChecks: LastChecks;
}

/**
 * True for a service of whose problem nobody knows while something that may explain it was last looked at before it began: what
 * it depends on, and, when it is out of reach, the connectivity targets. What has never been looked at is not waited for.
 * A clock that is set meanwhile makes it true in vain, or false too soon.
 */
export function awaitsExplanation(subject: string, alert: OpenAlert, causes: Causes): boolean {
  const service = causes.services.get(subject);
  if (!service || alert.state !== "firing" || alert.inhibition || alert.level > 0) return false;
  const possible = isUnreachable(alert) ? [...service.dependsOn, ...causes.connectivityTargets] : service.dependsOn;
  return possible.some((id) => {
    const last = id === subject ? undefined : causes.lastChecks.get(id);
    return last !== undefined && last.checkedAtMs - last.responseTimeMs < alert.sinceMs;
  });
}

export function findMaintenance(
  subject: string,
  { windows, nowMs }: Pick<InhibitionSituation, "windows" | "nowMs">,
): MaintenanceWindow | null {
  const service = parseService(subject);
  return service === null || windows.length === 0 ? null : isInMaintenance(windows, service, nowMs);
}

/** True when the service fails, or has not yet proved that it works again. */
function isDown(memory: SubjectMemory | undefined): boolean {
  return (
    memory?.alert != null && DOWN.has(memory.alert.status) && (memory.failures > 0 || memory.alert.state !== "pending")
  );
}

/** The service farthest up that fails and that `id` needs, directly or not; null when there is none. Also a cycle ends. */
function failingAncestor(id: string, services: Services, subjects: Subjects): string | null {
  let found: string | null = null;
  const seen = new Set([id]);
  const queue = [id];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const parent of services.get(next)?.dependsOn ?? []) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      queue.push(parent);
      if (isDown(subjects.get(parent))) found = parent;
    }
  }
  return found;
}
