/**
 * Uptime of one service over days: seconds of each kind a day, and the figures of the whole range. Pure.
 * Made from the spans of its status, so it is exact to the second whatever the interval of the checks was.
 * Invariants: the seconds of a watched day add up to its length; no percentage is rounded up; maintenance and unknown count on neither
 * side of one.
 */
import { sumMs } from "./episodes.ts";
import { findOutages } from "./outages.ts";
import type { StatusSpan, TimeSpan } from "./status-spans.ts";
import { kindSpans, UPTIME_KINDS, type KindSpan, type UptimeKind } from "./uptime-kind.ts";

export type KindTimes = Readonly<Record<UptimeKind, number>>;

export interface Uptime {
  /** Whole seconds by kind, for each day; null for a day on which nobody watched yet. */
  readonly days: readonly (KindTimes | null)[];
  /** Healthy and degraded time of all time that was watched, two decimals; null when none was. */
  readonly uptimePercent: number | null;
  /** Time of which the status is known, of all since the service was first watched; two decimals; null when it never was. */
  readonly coveragePercent: number | null;
  /** How often it was down: also one that began before or goes on after it. */
  readonly outages: number;
  /** Mean time to recovery: how long an outage was seen whose recovery was seen, from its beginning on, ms; null: there was none. */
  readonly mttrMs: number | null;
  /** Mean time between failures: time up for each outage, ms; null when there was none. */
  readonly mtbfMs: number | null;
}

/**
 * @param spans up to the end of the days, from the beginning of the outage on that they begin in
 * @param days one after the other; a day that is going on ends now
 */
export function findUptime(spans: readonly StatusSpan[], days: readonly TimeSpan[]): Uptime {
  const kinds = kindSpans(spans);
  const sinceMs = days[0]?.sinceMs ?? 0;
  const total = sumTimes(kinds, sinceMs);
  const upMs = total.healthy + total.degraded;
  const watchedMs = upMs + total.down;
  const knownMs = watchedMs + total.maintenance;
  const outages = findOutages(kinds, sinceMs);
  const recovered = outages.filter(({ isRecoverySeen }) => isRecoverySeen);
  return {
    days: timesByDay(kinds, days).map((times) => times && wholeSeconds(times)),
    uptimePercent: percentDown(upMs, watchedMs),
    coveragePercent: percentDown(knownMs, knownMs + total.unknown),
    outages: outages.length,
    mttrMs: recovered.length === 0 ? null : sumMs(recovered.flatMap(({ seen }) => seen)) / recovered.length,
    mtbfMs: outages.length === 0 ? null : upMs / outages.length,
  };
}

type MutableKindTimes = Record<UptimeKind, number>;

const NO_TIME: KindTimes = { healthy: 0, degraded: 0, maintenance: 0, unknown: 0, down: 0 };

/** From an instant on. */
function sumTimes(spans: readonly KindSpan[], fromMs: number): KindTimes {
  const sum = { ...NO_TIME };
  for (const { kind, sinceMs, untilMs } of spans) sum[kind] += Math.max(0, untilMs - Math.max(sinceMs, fromMs));
  return sum;
}

/** Both are in order, so each span is looked at once for each day that it touches. */
function timesByDay(spans: readonly KindSpan[], days: readonly TimeSpan[]): (KindTimes | null)[] {
  let first = 0;
  return days.map((day) => {
    while ((spans[first]?.untilMs ?? Infinity) <= day.sinceMs) first += 1;
    let times: MutableKindTimes | null = null;
    for (let index = first; (spans[index]?.sinceMs ?? Infinity) < day.untilMs; index += 1) {
      const span = spans[index];
      if (!span) continue;
      times ??= { ...NO_TIME };
      times[span.kind] += Math.min(span.untilMs, day.untilMs) - Math.max(span.sinceMs, day.sinceMs);
    }
    return times;
  });
}

/**
 * As many seconds as the time has as a whole, each kind off by less than one: those with the largest remainders, and of equal ones
 * the worst, are rounded up. Without lists: an answer for six services has 540 days.
 */
function wholeSeconds(times: KindTimes): KindTimes {
  const seconds = { ...NO_TIME };
  let allMs = 0;
  let told = 0;
  for (const kind of UPTIME_KINDS) {
    allMs += times[kind];
    seconds[kind] = Math.floor(times[kind] / 1_000);
    told += seconds[kind];
  }
  for (let left = Math.round(allMs / 1_000) - told; left > 0; left -= 1) {
    let most: UptimeKind = "healthy";
    let mostMs = -Infinity;
    for (const kind of UPTIME_KINDS) {
      // Below zero once it has been rounded up.
      const remainderMs = times[kind] - seconds[kind] * 1_000;
      if (remainderMs < mostMs) continue;
      most = kind;
      mostMs = remainderMs;
    }
    seconds[most] += 1;
  }
  return seconds;
}

/** Two decimals, rounded down, so that 99.996 never reads 100. */
function percentDown(partMs: number, wholeMs: number): number | null {
  return wholeMs === 0 ? null : Math.floor((partMs * 10_000) / wholeMs) / 100;
}
