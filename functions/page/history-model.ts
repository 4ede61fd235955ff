/**
 * What happened, newest first, day by day: changes of status, what failed together as one incident, and marks. Pure.
 * Shown by views/happenings.tsx. Invariants: a failure stands in its incident or by itself, never in both; text of services and people
 * is clean and short.
 */
import { findIncidents, type Incident } from "../../shared/domain/history/incidents.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import type { Service } from "../../shared/domain/monitoring/service.ts";
import type { Transition } from "../../shared/domain/monitoring/transition.ts";
import { formatDuration } from "../../shared/domain/text/duration-text.ts";
import { parseTimestamp } from "../../shared/domain/text/timestamp.ts";
import { toLocalText } from "../../shared/domain/text/zoned-time.ts";
import { shorten } from "./shorten.ts";
import type { Marks, Transitions } from "./read-history.ts";

export type Happening =
  | ({ readonly kind: "change" } & Change)
  | {
      readonly kind: "incident";
      readonly atMs: number;
      readonly title: string;
      /** How far the cause reaches, as a sentence. */
      readonly radius: string;
      /** Oldest first. */
      readonly changes: readonly Change[];
    }
  | {
      readonly kind: "mark";
      readonly id: string;
      readonly atMs: number;
      /** Strangers may read it. */
      readonly isPublic: boolean;
      readonly text: string;
      readonly author: string;
      /** Null: about the cluster. */
      readonly name: string | null;
    };

export interface Change {
  readonly atMs: number;
  readonly name: string;
  /** Null: it is not configured any more. */
  readonly serviceId: string | null;
  readonly to: CheckStatus;
  readonly message: string | null;
  /** Null while it lasts. */
  readonly lastedMs: number | null;
}

export interface Day {
  /** `2026-11-30`, of the zone that was asked for. */
  readonly name: string;
  readonly happenings: readonly Happening[];
}

type Services = ReadonlyMap<string, Pick<Service, "id" | "name" | "dependsOn" | "machine">>;
type TransitionJson = Transitions["transitions"][number];

interface Past {
  readonly transitions: readonly TransitionJson[];
  readonly marks: Marks["marks"];
}

/** @param zone whose days they are */
export function groupByDay({ transitions, marks }: Past, services: Services, zone: string): Day[] {
  const incidents = findIncidents(transitions.map(asTransition), services).filter(({ cause }) => cause !== null);
  const inIncidents = new Set(incidents.flatMap(({ failures }) => failures.map(keyOf)));
  const nameOf = (id: string): string => shorten(services.get(id)?.name ?? id);
  const lasted = new Map(transitions.map((each) => [keyOf(asTransition(each)), each.lasted_s]));
  const changeOf = (change: Transition): Change =>
    ofChange(change, { services, lastedS: lasted.get(keyOf(change)) ?? null });
  const alone = transitions.map(asTransition).filter((each) => !inIncidents.has(keyOf(each)));
  const happenings: Happening[] = [
    ...alone.map((each): Happening => ({ kind: "change", ...changeOf(each) })),
    ...incidents.map((each) => ofIncident(each, { nameOf, changeOf })),
    ...marks.map(({ id, at, text, author, service, public: isPublic }): Happening => {
      const name = service === null ? null : nameOf(service);
      return { kind: "mark", id, isPublic, atMs: parseTimestamp(at) ?? 0, text: shorten(text), author, name };
    }),
  ];
  const newestFirst = happenings.toSorted((left, right) => right.atMs - left.atMs);
  const days = Map.groupBy(newestFirst, ({ atMs }) => toLocalText(atMs, zone).slice(0, "2026-11-30".length));
  return [...days].map(([name, each]) => ({ name, happenings: each }));
}

function asTransition({ at, service, from, to, reason, message }: TransitionJson): Transition {
  return { serviceId: service, atMs: parseTimestamp(at) ?? 0, from, to, reason, message };
}

/** A service changes once at a time. */
function keyOf({ serviceId, atMs, to }: Transition): string {
  return `${atMs} ${serviceId} ${to}`;
}

function ofChange(
  { serviceId, atMs, to, message }: Transition,
  { services, lastedS }: { readonly services: Services; readonly lastedS: number | null },
): Change {
  const service = services.get(serviceId);
  return {
    atMs,
    name: shorten(service?.name ?? serviceId),
    serviceId: service ? serviceId : null,
    to,
    message: message === null ? null : shorten(message),
    lastedMs: lastedS === null ? null : lastedS * 1_000,
  };
}

interface Naming {
  nameOf(id: string): string;
  changeOf(change: Transition): Change;
}

function ofIncident(incident: Incident, { nameOf, changeOf }: Naming): Happening {
  const { sinceMs, failures, services } = incident;
  const lastMs = failures.at(-1)?.atMs ?? sinceMs;
  const within = lastMs === sinceMs ? "at once" : `within ${formatDuration(Math.max(1_000, lastMs - sinceMs))}`;
  return {
    kind: "incident",
    atMs: sinceMs,
    title: `${services.length} services failed ${within}, ${placeOf(incident, nameOf)}`,
    radius: radiusOf(incident),
    changes: failures.map(changeOf),
  };
}

function placeOf({ cause }: Incident, nameOf: Naming["nameOf"]): string {
  if (cause === null) return "of nothing in common";
  return cause.kind === "machine" ? `on ${shorten(cause.name)}` : `behind ${nameOf(cause.name)}`;
}

function radiusOf({ cause, services, reach }: Incident): string {
  const failed = services.length;
  if (cause?.kind === "machine") return `${failed} of the ${reach} services of that machine.`;
  // What they need is one of those that could fail, and may be one of those that did.
  const isOwn = cause !== null && services.includes(cause.name);
  return isOwn
    ? `It and ${failed - 1} of the ${reach - 1} services that need it.`
    : `${failed} of the ${reach - 1} services that need it.`;
}
