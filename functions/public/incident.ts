/**
 * What strangers are told of an outage: whose, from when to when, the sentence of its reason, and what people have written about it.
 * Pure. Invariants: an incident keeps its id as long as it is told, whatever becomes of it; none is made of what is not shown.
 */
import type { Outage } from "../../shared/domain/history/outages.ts";
import type { CheckStatus } from "../../shared/domain/monitoring/check.ts";
import { fnv1a } from "../../shared/domain/text/fnv1a.ts";
import { PUBLIC_SENTENCES } from "./reason-sentences.ts";

export interface Incident {
  /** A UUID. */
  readonly id: string;
  readonly serviceId: string;
  readonly serviceName: string;
  /** What it began with. */
  readonly status: CheckStatus;
  readonly sentence: string | null;
  readonly sinceMs: number;
  /** Null while it goes on. */
  readonly untilMs: number | null;
  /** How long it was seen when this was read, ms. */
  readonly seenMs: number;
  /** About its service, oldest first. */
  readonly updates: readonly Update[];
}

/** What somebody has written. */
export interface Update {
  readonly atMs: number;
  readonly text: string;
}

/** One that is about no incident. */
export interface Notice extends Update {
  /** Null: it is about all that is shown. */
  readonly serviceName: string | null;
}

/** What of an outage strangers may be told; its message is none of it. */
export type SeenOutage = Pick<Outage, "serviceId" | "status" | "reason" | "sinceMs" | "recoveredAtMs" | "seenMs">;

export interface Note {
  readonly atMs: number;
  /** Null: about all of it. */
  readonly serviceId: string | null;
  readonly text: string;
}

/** How long after its end a note on the service still belongs to an incident. */
const AFTERMATH_MS = 24 * 3_600_000;

export interface Told {
  /** As `outages`. */
  readonly incidents: readonly Incident[];
  /** Those that belong to none, newest first. */
  readonly notices: readonly Notice[];
}

/**
 * @param outages newest first
 * @param notes newest first
 * @param names of the services that are shown; notes on others are nobody's business
 */
export function tellIncidents(
  outages: readonly SeenOutage[],
  notes: readonly Note[],
  names: ReadonlyMap<string, string>,
): Told {
  const shown = notes.filter(({ serviceId }) => serviceId === null || names.has(serviceId));
  const owners = new Map(shown.map((note) => [note, outages.find((outage) => belongsTo(note, outage))]));
  return {
    incidents: outages.flatMap((outage) => {
      const { serviceId, status, reason, sinceMs, recoveredAtMs, seenMs } = outage;
      const serviceName = names.get(serviceId);
      if (serviceName === undefined) return [];
      return {
        id: uuidOf(`${serviceId} ${sinceMs}`),
        serviceId,
        serviceName,
        status,
        sentence: reason && PUBLIC_SENTENCES[reason],
        sinceMs,
        untilMs: recoveredAtMs,
        seenMs,
        updates: shown
          .filter((note) => owners.get(note) === outage)
          .map(updateOf)
          .toReversed(),
      };
    }),
    notices: shown
      .filter((note) => !owners.get(note))
      .map((note) => ({ ...updateOf(note), serviceName: names.get(note.serviceId ?? "") ?? null })),
  };
}

function updateOf({ atMs, text }: Note): Update {
  return { atMs, text };
}

function belongsTo({ serviceId, atMs }: Note, outage: SeenOutage): boolean {
  const untilMs = outage.recoveredAtMs === null ? Infinity : outage.recoveredAtMs + AFTERMATH_MS;
  return serviceId === outage.serviceId && outage.sinceMs <= atMs && atMs < untilMs;
}

/** Of the same text always the same: version 8 of RFC 9562, of which the bits are ours. Public texts only: it hides nothing. */
export function uuidOf(text: string): string {
  const hex = [0, 1, 2, 3].map((part) => fnv1a(`${part} ${text}`).toString(16).padStart(8, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}
