/**
 * The past as a page shows it: fourteen days, each with what happened on it, and where there is more. Pure.
 * Invariants: an incident that goes on is not past: its day only counts it; a day without incidents says so, unless nobody watched yet;
 * what is left out of a full day is counted.
 */
import { DAY_MS, formatTimestamp, startOfDay } from "../../shared/domain/text/timestamp.ts";
import type { Incident, Notice } from "./incident.ts";
import { HISTORY_DAYS } from "./public-history.ts";
import type { PublicStatus } from "./status-model.ts";

const DAYS_A_PAGE = 14;
/** Of a day; the page of the service has more. */
const MOST_A_DAY = 6;

/** The last one is not full. */
export const MOST_PAGES = Math.ceil(HISTORY_DAYS / DAYS_A_PAGE);

/** Notices stand at the top for so long. */
const NEW_MS = DAY_MS;

export function isNew({ atMs }: Notice, nowMs: number): boolean {
  return atMs > nowMs - NEW_MS;
}

export interface PastDay {
  /** Its beginning in UTC, epoch ms. */
  readonly atMs: number;
  readonly name: string;
  /** Those that began on it and are over, newest first. */
  readonly incidents: readonly Incident[];
  /** Those that do not stand at the top any more. */
  readonly notices: readonly Notice[];
  readonly leftOut: number;
  /** How many began on it and go on: they stand at the top. */
  readonly open: number;
  /** No service was watched yet, or nothing is known of the past. */
  readonly isUnknown: boolean;
}

export interface PastPage {
  readonly number: number;
  /** Newest first. */
  readonly days: readonly PastDay[];
  /** Numbers of pages; null: there is none. */
  readonly newer: number | null;
  readonly older: number | null;
}

/** @param number 1 to `MOST_PAGES` */
export function pastPage(status: PublicStatus, number: number): PastPage {
  const today = startOfDay(status.atMs);
  const first = (number - 1) * DAYS_A_PAGE;
  const count = Math.min(DAYS_A_PAGE, HISTORY_DAYS - first);
  const watched = watchedDays(status);
  const days = Array.from({ length: count }, (_, index) => pastDay(status, today - (first + index) * DAY_MS, watched));
  return {
    number,
    days,
    newer: number > 1 ? number - 1 : null,
    older: number < MOST_PAGES ? number + 1 : null,
  };
}

function pastDay(
  { incidents, notices, atMs: nowMs }: Pick<PublicStatus, "incidents" | "notices" | "atMs">,
  atMs: number,
  watched: ReadonlySet<string>,
): PastDay {
  const isOnIt = (instantMs: number): boolean => startOfDay(instantMs) === atMs;
  const began = incidents.filter(({ sinceMs }) => isOnIt(sinceMs));
  const over = began.filter(({ untilMs }) => untilMs !== null);
  const name = formatTimestamp(atMs).slice(0, "2026-11-25".length);
  return {
    atMs,
    name,
    incidents: over.slice(0, MOST_A_DAY),
    notices: notices.filter((notice) => isOnIt(notice.atMs) && !isNew(notice, nowMs)).slice(0, MOST_A_DAY),
    leftOut: Math.max(0, over.length - MOST_A_DAY),
    open: began.length - over.length,
    isUnknown: !watched.has(name),
  };
}

/** Days on which at least one of the services was watched. */
function watchedDays({ services }: PublicStatus): ReadonlySet<string> {
  return new Set(
    [...services.values()].flatMap(({ past }) => past?.days.filter((_, index) => past.uptime.days[index]) ?? []),
  );
}
