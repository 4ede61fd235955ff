/**
 * Reads the past of the services that strangers see: ninety days of each, and what was down; and what people have noted for them.
 * Called by public-status-reader.ts, which keeps what it gives. Invariants: nothing of other services is read; it is made in pieces
 * between which others have their turn.
 */
import { listOutages } from "../../shared/domain/history/outages.ts";
import { statusSpans, type StatusSpan } from "../../shared/domain/history/status-spans.ts";
import { findUptime, type Uptime } from "../../shared/domain/history/uptime.ts";
import type { ClusterMoment } from "../../shared/domain/monitoring/cluster-state.ts";
import { listLocalDays } from "../../shared/domain/text/local-days.ts";
import { DAY_MS } from "../../shared/domain/text/timestamp.ts";
import type { Turns } from "../../shared/ports/turns.ts";
import { listPublicMarks } from "../../shared/storage/marks.ts";
import { readOutageTransitions } from "../../shared/storage/transition-log.ts";
import type { Storage } from "../storage.ts";
import type { Note, SeenOutage } from "./incident.ts";

export const HISTORY_DAYS = 90;

/** Of the days and of the times under them: where the house stands is nobody's business. */
export const ZONE = "UTC";

/** Of what was down, the newest; a service that comes and goes all the time has no more to tell. */
const MOST_OUTAGES = 1_000;
/** They are read whenever the page is made anew. */
const MOST_NOTES = 100;
/** Of each service, to tell since when all are what they are. */
const MOST_SPANS = 100;
/** Where others share the thread, and where each question to the database is counted. */
const SERVICES_A_PIECE = { shared: 1, alone: 20 };

export interface PublicHistory {
  /** As the calendar names them, oldest first. */
  readonly days: readonly string[];
  readonly services: ReadonlyMap<string, ServicePast>;
  /** Newest first. */
  readonly outages: readonly SeenOutage[];
}

export interface ServicePast {
  readonly uptime: Uptime;
  /** The last ones, oldest first. */
  readonly spans: readonly StatusSpan[];
}

interface Asked {
  readonly serviceIds: readonly string[];
  readonly moment: ClusterMoment;
  readonly nowMs: number;
}

interface Uses extends Pick<Storage, "db" | "tell"> {
  readonly turns: Turns | null;
}

/** Rejects when the database fails. */
export async function readPublicHistory(uses: Uses, { serviceIds, moment, nowMs }: Asked): Promise<PublicHistory> {
  const days = listLocalDays(HISTORY_DAYS, nowMs, ZONE);
  const range = { sinceMs: days[0].sinceMs, untilMs: nowMs };
  const services = new Map<string, ServicePast>();
  const outages: SeenOutage[] = [];
  const piece = uses.turns ? SERVICES_A_PIECE.shared : SERVICES_A_PIECE.alone;
  for (let start = 0; start < serviceIds.length; start += piece) {
    await uses.turns?.pause();
    const some = serviceIds.slice(start, start + piece);
    const transitions = await readOutageTransitions(uses, { ...range, serviceIds: some });
    for (const id of some) {
      const own = transitions.get(id) ?? [];
      const known = { ...range, evidenceEndsAtMs: evidenceEndsAtMs(id, moment) };
      const spans = statusSpans(own, { ...known, sinceMs: 0 });
      services.set(id, { uptime: findUptime(spans, days), spans: spans.slice(-MOST_SPANS) });
      outages.push(...listOutages(own, known));
    }
  }
  return {
    days: days.map(({ name }) => name),
    services,
    outages: outages.toSorted((left, right) => right.sinceMs - left.sinceMs).slice(0, MOST_OUTAGES),
  };
}

/** What people have noted for strangers in these days, newest first. Rejects when the database fails. */
export async function readPublicNotes(uses: Pick<Uses, "db" | "tell">, nowMs: number): Promise<Note[]> {
  const marks = await listPublicMarks(uses, nowMs - HISTORY_DAYS * DAY_MS, MOST_NOTES);
  return marks.map(({ atMs, service: serviceId, text }) => ({ atMs, serviceId, text }));
}

/** From then on nobody knows what the service is. */
function evidenceEndsAtMs(id: string, { roster, checks }: ClusterMoment): number {
  const check = checks.get(id);
  const entry = roster.find((each) => each.id === id);
  return check && entry ? check.checkedAtMs + entry.staleAfterMs : 0;
}
