/**
 * What stands behind what: a service that fails because another one does, or is being worked on, a monitor that is cut off. Pure.
 * `alerting.ts` asks it before anybody is told. It shapes messages; every failing service stays on every list all the same.
 * Invariant: a problem that is inhibited is told as soon as what inhibited it is over and a fresh check finds it again.
 */
import { bySeverity } from "./alert.ts";
import type { Inhibition, OpenAlert, SubjectMemory } from "./alert-life.ts";
import { isService, MONITOR } from "./alerting-state.ts";
import type { Check, CheckStatus } from "../monitoring/check.ts";
import type { LastChecks } from "../monitoring/cluster-state.ts";
import type { Service } from "../monitoring/service.ts";
import { isLooping, type StartsByService } from "./crash-loop.ts";
import { findMaintenance, listAncestors, type Planned } from "./maintenance.ts";
import { hasWitness, isUnreachable, listUnasked } from "./network-proof.ts";

export type Subjects = ReadonlyMap<string, SubjectMemory>;
export type Services = ReadonlyMap<
  string,
  Pick<Service, "id" | "name" | "dependsOn" | "machine" | "intervalMs" | "startingGraceMs">
>;

/** A slow service still serves; what depends on it has reasons of its own. */
const DOWN: ReadonlySet<CheckStatus> = new Set(["unhealthy", "timeout", "error"]);

/** When so large a share of all services cannot be resolved, it is the name server, or we are cut off. */
const DNS_SHARE = 0.5;
const DNS_SERVICES = 2;

export interface NetworkSituation extends Planned {
  readonly services: Services;
  readonly connectivityTargets: readonly string[];
  /** Of all services, those of this sweep among them. */
  readonly lastChecks: LastChecks;
  readonly subjects: Subjects;
}

export type Network = "there" | "cut off" | "in maintenance" | "without names";

/**
 * What the connectivity targets say: `cut off` when every one is out of reach and no other machine has answered since; `in maintenance`
 * when every one is, and some are being worked on. One that answers while it is worked on shows that the network is there. Else `without
 * names` when half of the names are gone, which explains nothing but that.
 */
export function readNetwork(situation: NetworkSituation): Network {
  const { connectivityTargets, services, subjects, lastChecks } = situation;
  const planned = new Set(connectivityTargets.filter((id) => findMaintenance(id, situation)));
  const isGone = (id: string): boolean => {
    const last = lastChecks.get(id);
    // What it said while it was worked on, nobody counted; afterwards it is known all the same.
    const hasAnswered = last?.status === "maintenance" && !isUnanswered(last);
    return planned.has(id) ? isUnanswered(last) : isOutOfReach(subjects.get(id)) && !hasAnswered;
  };
  if (connectivityTargets.length > 0 && connectivityTargets.every(isGone)) {
    if (planned.size > 0) return "in maintenance";
    if (!hasWitness(findLossMs(situation), situation)) return "cut off";
  }
  let unresolved = 0;
  for (const [subject, { alert }] of subjects)
    if (alert?.reason === "dns" && !findMaintenance(subject, situation)) unresolved += 1;
  return unresolved >= Math.max(DNS_SERVICES, services.size * DNS_SHARE) ? "without names" : "there";
}

/** Since when none of the targets has answered, while none does, epoch ms. */
export function findLossMs({
  connectivityTargets,
  subjects,
}: Pick<NetworkSituation, "connectivityTargets" | "subjects">) {
  const alerts = connectivityTargets.map((id) => subjects.get(id)?.alert);
  return Math.max(...alerts.map((alert) => alert?.unansweredSinceMs ?? alert?.sinceMs ?? 0));
}

/** True when what the network is explains the problem. */
export function isHidden({ reason }: Pick<OpenAlert, "reason">, network: Network): boolean {
  if (network === "without names") return reason === "dns";
  return network === "cut off" && isUnreachable({ reason });
}

/** @param check of a target that is worked on; one that has never been looked at may be gone as planned */
function isUnanswered(check: Check | undefined): boolean {
  if (check === undefined) return true;
  return isUnreachable({ reason: check.details.excused ?? check.reason });
}

/** One that comes and goes shows, whenever it is there, that the network is. */
function isOutOfReach(memory: SubjectMemory | undefined): boolean {
  if (!memory?.alert || !isDown(memory) || !isUnreachable(memory.alert)) return false;
  return memory.failures > 0 || !memory.alert.isFlapping;
}

export interface InhibitionSituation extends Causes, NetworkSituation {
  readonly services: Services;
  readonly network: Network;
  readonly starts: StartsByService;
}

/**
 * The alert with what inhibits it now. What inhibited it holds on until a check that began after its end fails, too; a window ends by
 * the clock, so until then what else may explain that is looked at as well.
 */
export function withInhibition(subject: string, alert: OpenAlert, situation: InhibitionSituation): OpenAlert {
  const inhibition = findInhibition(subject, alert, situation);
  if (inhibition) return { ...alert, inhibition: { ...inhibition, endedAtMs: null } };
  if (alert.inhibition === null) return alert;
  const { nowMs } = situation;
  const endedAtMs = alert.inhibition.endedAtMs ?? nowMs;
  const isUnexplained = alert.inhibition.kind === "maintenance" && nowMs < endedAtMs + EXPLANATION_MS;
  const awaitsCauses = isUnexplained && areUnseen(subject, alert, { ...situation, sinceMs: endedAtMs });
  if (alert.failedAtMs <= endedAtMs || awaitsCauses)
    return { ...alert, inhibition: { ...alert.inhibition, endedAtMs } };
  return { ...alert, inhibition: null, baseMs: nowMs };
}

/** What inhibits an alert at this moment; null when nothing does. */
export function findInhibition(
  subject: string,
  alert: OpenAlert,
  situation: InhibitionSituation,
): Pick<Inhibition, "kind" | "by"> | null {
  const { services, connectivityTargets, subjects, network } = situation;
  const window = findMaintenance(subject, situation) ?? findNetworkMaintenance(subject, alert, situation);
  if (window) return { kind: "maintenance", by: window.id };
  if (!isService(subject)) return null;
  if (isHidden(alert, network)) return { kind: "isolated", by: MONITOR.isolated };
  const ancestor = connectivityTargets.includes(subject) ? null : failingAncestor(subject, services, subjects);
  if (ancestor !== null) return { kind: "affected", by: ancestor };
  return findLeader(alert, subjects) ?? findStarting(subject, alert, situation);
}

/**
 * What it needs and is still starting has no alert that could stand for this one; soon it serves, or has one. Held is only what nobody has
 * heard of, and from its first failure on for no longer than the other has to start, which may die and start again for ever; also when
 * both are well in between.
 */
function findStarting(
  subject: string,
  { sinceMs, notifiedChannels }: OpenAlert,
  { services, connectivityTargets, lastChecks, starts, nowMs }: InhibitionSituation,
): Pick<Inhibition, "kind" | "by"> | null {
  if (notifiedChannels.length > 0 || connectivityTargets.includes(subject)) return null;
  const by = listAncestors(subject, services).findLast((id) => {
    const [last, graceMs] = [lastChecks.get(id), services.get(id)?.startingGraceMs ?? 0];
    const isStarting = last?.status === "degraded" && last.reason === "starting";
    if (isLooping(starts.get(id), graceMs, nowMs)) return false;
    // A clock that was set back holds nothing.
    return isStarting && nowMs >= sinceMs && nowMs - sinceMs < graceMs;
  });
  return by === undefined ? null : { kind: "starting", by };
}

/** The window of a connectivity target, for what is out of reach while nothing but work on the network tells why. */
function findNetworkMaintenance(subject: string, alert: OpenAlert, situation: InhibitionSituation) {
  const { connectivityTargets, network } = situation;
  const isBehindIt = subject === MONITOR.isolated || (isService(subject) && isUnreachable(alert));
  if (network !== "in maintenance" || !isBehindIt) return null;
  return connectivityTargets.map((id) => findMaintenance(id, situation)).find((window) => window !== null) ?? null;
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

type Cause = Pick<Service, "dependsOn" | "machine">;

/** What an explanation may be found in. */
export interface Causes<Each extends Cause = Cause> {
  readonly services: ReadonlyMap<string, Each>;
  readonly connectivityTargets: readonly string[];
  /** Of all services, those of this sweep among them. */
  readonly lastChecks: LastChecks;
}

/**
 * True for a service of whose problem nobody knows while something that may explain it was last looked at before it began: what
 * it depends on, and, when it is out of reach, the connectivity targets, and, when these are, other machines, until one has answered.
 * What has never been looked at is not waited for.
 * A clock that is set meanwhile makes it true in vain, or false too soon.
 */
export function awaitsExplanation(subject: string, alert: OpenAlert, causes: Causes): boolean {
  if (alert.state !== "firing" || alert.inhibition || alert.level > 0) return false;
  return areUnseen(subject, alert, { ...causes, sinceMs: alert.sinceMs });
}

function areUnseen(
  subject: string,
  alert: OpenAlert,
  { sinceMs, ...causes }: Causes & { readonly sinceMs: number },
): boolean {
  const { services, connectivityTargets, lastChecks } = causes;
  const service = services.get(subject);
  if (!service) return false;
  const possible = isUnreachable(alert) ? [...service.dependsOn, ...connectivityTargets] : service.dependsOn;
  if (isUnreachable(alert) && listUnasked(sinceMs, causes).length > 0) return true;
  return possible.some((id) => {
    const last = id === subject ? undefined : lastChecks.get(id);
    return last !== undefined && last.checkedAtMs - last.responseTimeMs < sinceMs;
  });
}

/** True when the service fails, or has not yet proved that it works again. */
function isDown(memory: SubjectMemory | undefined): boolean {
  if (!memory?.alert) return false;
  const { status, reason, state } = memory.alert;
  // One that is told of although it is starting does so again and again: it serves nobody.
  if (reason === "starting" && state !== "pending") return true;
  return DOWN.has(status) && (memory.failures > 0 || state !== "pending");
}

/** The service farthest up that fails and that `id` needs, directly or not; null when there is none. */
function failingAncestor(id: string, services: Services, subjects: Subjects): string | null {
  return listAncestors(id, services).findLast((ancestor) => isDown(subjects.get(ancestor))) ?? null;
}
