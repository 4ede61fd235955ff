/**
 * What began to fail together, because it is on one machine or needs the same service: one incident, not several. Pure.
 * Asked by the view History. Instants are epoch ms.
 * Invariants: each failure is in exactly one incident; all of an incident began within ten seconds of the first, and have its cause in
 * common.
 */
import { listAncestors } from "../alerting/maintenance.ts";
import { isDown } from "../monitoring/check.ts";
import type { Service } from "../monitoring/service.ts";
import type { Transition } from "../monitoring/transition.ts";

/** A probe of the one may be due as many seconds after that of the other. */
const TOGETHER_MS = 10_000;

type Related = Pick<Service, "id" | "dependsOn" | "machine">;

export interface IncidentCause {
  readonly kind: "dependency" | "machine";
  /** Key of the service that all need (it may be one of them), or the machine that all are on. */
  readonly name: string;
}

export interface Incident {
  readonly sinceMs: number;
  /** Oldest first; a service that failed twice in that time is here twice. */
  readonly failures: readonly [Transition, ...Transition[]];
  /** Keys of the services, each once, in the order of their failures. */
  readonly services: readonly string[];
  /** What they have in common; null: one service failed alone. */
  readonly cause: IncidentCause | null;
  /** How many services could have failed by that cause, those included. */
  readonly reach: number;
}

/** Whether a transition begins a failure: down from something else. */
function isFailure({ from, to }: Pick<Transition, "from" | "to">): boolean {
  return isDown(to) && !isDown(from);
}

interface Open {
  readonly failures: readonly [Transition, ...Transition[]];
  readonly causes: readonly string[];
}

/** Oldest first. `transitions` in any order; those that begin no failure are left out. */
export function findIncidents(transitions: readonly Transition[], services: ReadonlyMap<string, Related>): Incident[] {
  const causesOf = rememberedCauses(services);
  const failures = transitions.filter(isFailure).toSorted(byTime);
  const incidents: Open[] = [];
  for (const failure of failures) {
    const own = causesOf(failure.serviceId);
    const place = incidents.findIndex(
      (each) => failure.atMs - each.failures[0].atMs <= TOGETHER_MS && each.causes.some((cause) => own.has(cause)),
    );
    const together = incidents[place];
    if (!together) incidents.push({ failures: [failure], causes: [...own] });
    else
      incidents[place] = {
        failures: [...together.failures, failure],
        causes: together.causes.filter((cause) => own.has(cause)),
      };
  }
  return incidents.map((each) => conclude(each, services, causesOf));
}

function byTime(left: Transition, right: Transition): number {
  return left.atMs - right.atMs || (left.serviceId < right.serviceId ? -1 : Number(left.serviceId > right.serviceId));
}

const MACHINE = "machine:";
const SERVICE = "service:";

/** What could take it down: its machine, itself, and whatever it needs. */
function rememberedCauses(services: ReadonlyMap<string, Related>): (id: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (id) => {
    const found = known.get(id);
    if (found) return found;
    const machine = services.get(id)?.machine ?? null;
    const needs = [id, ...listAncestors(id, services)].map((each) => SERVICE + each);
    const causes = new Set([...needs, ...(machine === null ? [] : [MACHINE + machine])]);
    known.set(id, causes);
    return causes;
  };
}

function conclude(
  { failures, causes }: Open,
  services: ReadonlyMap<string, Related>,
  causesOf: (id: string) => ReadonlySet<string>,
): Incident {
  const ids = [...new Set(failures.map(({ serviceId }) => serviceId))];
  const common = { sinceMs: failures[0].atMs, failures, services: ids };
  if (ids.length === 1) return { ...common, cause: null, reach: 1 };
  const reachOf = (cause: string): number => [...services.keys()].filter((id) => causesOf(id).has(cause)).length;
  const ranked = [...causes]
    .map((cause) => ({ cause, rank: rankOf(cause, ids), reach: reachOf(cause) }))
    .toSorted(
      (left, right) => left.rank - right.rank || left.reach - right.reach || (left.cause < right.cause ? -1 : 1),
    );
  const [best] = ranked;
  return best ? { ...common, cause: readCause(best.cause), reach: best.reach } : { ...common, cause: null, reach: 1 };
}

/** A service that has failed itself explains most, then one that has not, then the machine. */
function rankOf(cause: string, failed: readonly string[]): number {
  if (!cause.startsWith(SERVICE)) return 2;
  return failed.includes(cause.slice(SERVICE.length)) ? 0 : 1;
}

function readCause(cause: string): IncidentCause {
  return cause.startsWith(SERVICE)
    ? { kind: "dependency", name: cause.slice(SERVICE.length) }
    : { kind: "machine", name: cause.slice(MACHINE.length) };
}
