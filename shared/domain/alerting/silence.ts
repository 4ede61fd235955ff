/**
 * Silences: somebody has said that certain alerts are to tell nobody for a while.
 * Pure; times are epoch ms. Alerting asks it before it tells, and when to look again.
 * Invariant: a silence covers its start and not its end, so two that follow each other neither overlap nor leave a gap.
 */
import type { Severity } from "./alert.ts";
import { coversName } from "../text/glob.ts";
import { fitsIntoSweep, type TimeRange } from "./quiet-draft.ts";
import { DAY_MS } from "../text/timestamp.ts";

/** How long an ended silence is still shown: it answers why nobody was told last week. */
const KEPT_MS = 7 * DAY_MS;

/** Which alerts are meant; both must agree. */
export interface SilenceMatcher {
  /** Globs over service keys; `*` covers all alerts, also those of no service, and so does an empty list. */
  readonly services: readonly string[];
  /** Empty: all. */
  readonly severities: readonly Severity[];
}

/** One that is ended early gets an earlier end, so it can end before it would have started; then it never holds. */
export interface Silence extends TimeRange {
  readonly id: string;
  readonly matcher: SilenceMatcher;
  readonly createdAtMs: number;
  readonly author: string;
  readonly comment: string;
  /** It ends by itself as soon as nothing that it covers is wrong. Absent: only when its time is over. */
  readonly untilHealthy?: true;
}

/** What an alert has that a silence can name; null for the monitor's own, which is of no service. */
export interface Silenceable {
  readonly service: string | null;
  readonly severity: Severity;
}

/** The silence that covers the alert at `nowMs`, of several the first that was made; null when none does. */
export function findSilence(
  silences: readonly Silence[],
  { service, severity }: Silenceable,
  nowMs: number,
): Silence | null {
  const covers = ({ matcher: { services, severities }, startsAtMs, endsAtMs }: Silence): boolean => {
    const holds = startsAtMs <= nowMs && nowMs < endsAtMs;
    return holds && (severities.length === 0 || severities.includes(severity)) && coversName(services, service);
  };
  return silences.find(covers) ?? null;
}

export function isSilenced(silences: readonly Silence[], alert: Silenceable, nowMs: number): boolean {
  return findSilence(silences, alert, nowMs) !== null;
}

/** Those that hold until all is well end now, where it is. @param failing the services with an open alert; null: the monitor itself */
export function endHealed(
  silences: readonly Silence[],
  failing: readonly (string | null)[],
  nowMs: number,
): readonly Silence[] {
  const isHealed = ({ untilHealthy, startsAtMs, endsAtMs, matcher }: Silence): boolean =>
    untilHealthy === true &&
    startsAtMs <= nowMs &&
    nowMs < endsAtMs &&
    !failing.some((service) => coversName(matcher.services, service));
  return silences.some(isHealed)
    ? silences.map((each) => (isHealed(each) ? { ...each, endsAtMs: nowMs } : each))
    : silences;
}

/** The earliest start or end after `nowMs`; Infinity when nothing will change. */
export function nextSilenceChangeMs(silences: readonly Silence[], nowMs: number): number {
  return silences
    .filter(({ startsAtMs, endsAtMs }) => startsAtMs < endsAtMs)
    .flatMap(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs])
    .reduce((next, atMs) => (atMs > nowMs && atMs < next ? atMs : next), Number.POSITIVE_INFINITY);
}

/** Those that hold, will hold, or ended at most 7 days ago; of many ended ones, those that ended last. */
export function withoutLongEnded(silences: readonly Silence[], nowMs: number): readonly Silence[] {
  let kept = silences.filter(({ endsAtMs }) => nowMs - endsAtMs <= KEPT_MS);
  while (!fitsIntoSweep(kept)) {
    const firstEndMs = Math.min(...kept.map(({ endsAtMs }) => endsAtMs));
    if (firstEndMs > nowMs) break;
    kept = kept.filter(({ endsAtMs }) => endsAtMs > firstEndMs);
  }
  return kept;
}
