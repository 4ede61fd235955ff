/**
 * Maintenance windows: times planned ahead, once or every week, in which the alerts of certain services tell nobody.
 * Pure; instants are epoch ms. Alerting asks it for each check, and when to look again; the endpoint asks it about drafts.
 * Invariant: a weekly window starts by the clock on the wall and lasts by the clock in the hand: 02:00 stays 02:00 when
 * the clocks change, and an hour stays an hour. It covers its start and not its end.
 */
import type { FieldFault } from "../report-fault.ts";
import { coversName } from "../text/glob.ts";
import { rangeFaults, type TimeRange } from "./quiet-draft.ts";
import { DAY_MS } from "../text/timestamp.ts";
import { toEpochMs, isTimeZone, toLocalDay, WEEKDAYS, type Weekday } from "../text/zoned-time.ts";

export interface OnceSchedule extends TimeRange {
  readonly kind: "once";
}

export interface WeeklySchedule {
  readonly kind: "weekly";
  /** An IANA zone, e.g. `Europe/Berlin`. */
  readonly zone: string;
  /** The local days on which it starts; at least one. */
  readonly days: readonly Weekday[];
  /** Local time of the start, `HH:MM`. */
  readonly start: string;
  /** Elapsed time, one minute to seven days; what overlaps the next start is one long stretch. */
  readonly durationMs: number;
  /** It is over for good from then on, also in the middle of a stretch; null: never. */
  readonly untilMs: number | null;
}

/** Never changed in place: what was computed for a window is kept by its identity. */
export interface MaintenanceWindow {
  readonly id: string;
  /** Globs over service keys; `*` covers all, and so does an empty list. */
  readonly services: readonly string[];
  readonly schedule: OnceSchedule | WeeklySchedule;
  readonly createdAtMs: number;
  readonly author: string;
  readonly comment: string;
}

const NEVER: TimeRange = { startsAtMs: Number.POSITIVE_INFINITY, endsAtMs: Number.POSITIVE_INFINITY };

/** Finds the next start of a window of one day a week, and the one after it, which tells whether both are one stretch. */
const DAYS_AHEAD = 15;

export const EXPECTED_ZONE = "expected an IANA time zone such as Europe/Berlin";
export const LOCAL_TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** True while the window holds, for whatever it covers. */
export function holdsAt(window: MaintenanceWindow, nowMs: number): boolean {
  return stretchFrom(window, nowMs).startsAtMs <= nowMs;
}

/** When what holds is over; null while nothing does, and for what never ends. */
export function currentEndMs(window: MaintenanceWindow, nowMs: number): number | null {
  const { startsAtMs, endsAtMs } = stretchFrom(window, nowMs);
  return startsAtMs <= nowMs && Number.isFinite(endsAtMs) ? endsAtMs : null;
}

/** The stretch that holds, else the next one; null: there will be none. */
export function nextStretch(window: MaintenanceWindow, nowMs: number): TimeRange | null {
  const stretch = stretchFrom(window, nowMs);
  return Number.isFinite(stretch.startsAtMs) ? stretch : null;
}

/** The stretch of the schedule that holds; null while none does. */
export function currentStretch(schedule: WeeklySchedule, nowMs: number): TimeRange | null {
  const stretch = weeklyStretchFrom(schedule, nowMs);
  return stretch.startsAtMs <= nowMs ? stretch : null;
}

/** The window that covers `service` at `nowMs`, of several the one that holds longest; null outside of all. */
export function isInMaintenance(
  windows: readonly MaintenanceWindow[],
  service: string,
  nowMs: number,
): MaintenanceWindow | null {
  let longest: MaintenanceWindow | null = null;
  let longestEndsAtMs = nowMs;
  for (const window of windows) {
    const { startsAtMs, endsAtMs } = stretchFrom(window, nowMs);
    if (nowMs < startsAtMs || endsAtMs <= longestEndsAtMs || !coversName(window.services, service)) continue;
    longest = window;
    longestEndsAtMs = endsAtMs;
  }
  return longest;
}

/**
 * The earliest instant after `nowMs` at which a window starts or ends; Infinity when none ever will. Of a window that
 * leaves no gap for two weeks, a start within the stretch counts, too: looking again there finds it still holding.
 */
export function nextMaintenanceChangeMs(windows: readonly MaintenanceWindow[], nowMs: number): number {
  return windows.reduce((nextMs, window) => {
    const { startsAtMs, endsAtMs } = stretchFrom(window, nowMs);
    return Math.min(nextMs, startsAtMs > nowMs ? startsAtMs : endsAtMs);
  }, Number.POSITIVE_INFINITY);
}

/**
 * The last answer for each weekly window, good from `fromMs` until its stretch ends: zone arithmetic takes a quarter of a
 * millisecond, too long for every check.
 */
const known = new WeakMap<MaintenanceWindow, { readonly fromMs: number; readonly stretch: TimeRange }>();

/** The stretch that covers `nowMs`, else the next one, else never. */
function stretchFrom(window: MaintenanceWindow, nowMs: number): TimeRange {
  const { schedule } = window;
  if (schedule.kind === "once") {
    return nowMs < schedule.endsAtMs && schedule.startsAtMs < schedule.endsAtMs ? schedule : NEVER;
  }
  const last = known.get(window);
  if (last && last.fromMs <= nowMs && nowMs < last.stretch.endsAtMs) return last.stretch;
  const stretch = weeklyStretchFrom(schedule, nowMs);
  known.set(window, { fromMs: Math.min(nowMs, stretch.startsAtMs), stretch });
  return stretch;
}

function weeklyStretchFrom(schedule: WeeklySchedule, nowMs: number): TimeRange {
  let stretch = NEVER;
  for (const { startsAtMs, endsAtMs } of occurrencesAround(schedule, nowMs)) {
    if (endsAtMs <= nowMs || endsAtMs <= startsAtMs) continue;
    if (startsAtMs > stretch.endsAtMs) break;
    stretch = { startsAtMs: Math.min(stretch.startsAtMs, startsAtMs), endsAtMs };
  }
  return stretch;
}

/** In order, from the earliest that can cover `nowMs`. None in a zone that another host knew: too many alerts beat none. */
function* occurrencesAround(schedule: WeeklySchedule, nowMs: number): Generator<TimeRange> {
  const { zone, durationMs, untilMs } = schedule;
  const [, hour, minute] = LOCAL_TIME.exec(schedule.start) ?? [];
  if (!hour || !minute || !isTimeZone(zone)) return;
  const today = toLocalDay(nowMs, zone);
  const daysBack = Math.ceil(durationMs / DAY_MS) + 1;
  for (let ahead = -daysBack; ahead <= DAYS_AHEAD; ahead += 1) {
    if (!schedule.days.includes(weekdayAfter(today.weekday, ahead))) continue;
    const local = { ...today, day: today.day + ahead, hour: Number(hour), minute: Number(minute) };
    const startsAtMs = toEpochMs(local, zone);
    yield { startsAtMs, endsAtMs: Math.min(startsAtMs + durationMs, untilMs ?? Number.POSITIVE_INFINITY) };
  }
}

function weekdayAfter(weekday: Weekday, days: number): Weekday {
  const index = (WEEKDAYS.indexOf(weekday) + days) % WEEKDAYS.length;
  return WEEKDAYS.at(index) ?? weekday;
}

/** What is wrong with a schedule that somebody asks for at `nowMs`, beyond the form of its fields; empty when it can be added. */
export function scheduleFaults(schedule: MaintenanceWindow["schedule"], nowMs: number): FieldFault[] {
  if (schedule.kind === "once") return rangeFaults(schedule, nowMs);
  const { zone, days, untilMs } = schedule;
  const faults: FieldFault[] = [];
  if (!isTimeZone(zone)) faults.push({ field: "zone", message: EXPECTED_ZONE });
  if (new Set(days).size < days.length) faults.push({ field: "days", message: "expected each day once" });
  if (untilMs !== null && untilMs <= nowMs) faults.push({ field: "untilMs", message: "expected a time in the future" });
  return faults;
}
