/**
 * When a service was down, and what it began with: its transitions as outages, by the rule of episodes.ts. Pure.
 * Uptime counts them, reports and explanations list them, charts draw when they were seen. Instants are epoch ms.
 * Invariant: within a range the time that they were seen is the time that uptime counts as down.
 */
import { CHECK_STATUSES, type CheckStatus, type Reason } from "../monitoring/check.ts";
import type { Transition } from "../monitoring/transition.ts";
import { findEpisodes, sumMs, type Episode, type Verdict } from "./episodes.ts";
import { statusSpans, type SpanRange } from "./status-spans.ts";
import { kindSpans, uptimeKind, type KindSpan, type UptimeKind } from "./uptime-kind.ts";

export interface Outage extends Episode {
  readonly serviceId: string;
  /** Its first failure, before the range perhaps. */
  readonly sinceMs: number;
  /** How long it was seen, from its beginning on: also what lies before the range, ms. */
  readonly seenMs: number;
  /** Of its first failure. */
  readonly status: CheckStatus;
  /** The same; null when nobody knows any more. */
  readonly reason: Reason | null;
  readonly message: string | null;
}

/**
 * Those that were seen within the range, whole up to its end; oldest first.
 * @param transitions of one service, oldest first, from the beginning of the outage on that the range begins in
 */
export function listOutages(transitions: readonly Transition[], range: SpanRange): Outage[] {
  const outages: Outage[] = [];
  let next = 0;
  for (const episode of findOutages(kindSpans(statusSpans(transitions, { ...range, sinceMs: 0 })), range.sinceMs)) {
    const [{ sinceMs }] = episode.seen;
    while ((transitions[next]?.atMs ?? Infinity) <= sinceMs) next += 1;
    const began = transitions[next - 1];
    if (!began) continue;
    const { serviceId, to: status, reason, message } = began;
    outages.push({ ...episode, serviceId, status, sinceMs, seenMs: sumMs(episode.seen), reason, message });
  }
  return outages;
}

/** Those that were seen at `sinceMs` or later, whole; oldest first. */
export function findOutages(kinds: readonly KindSpan[], sinceMs: number): Episode[] {
  return findEpisodes(kinds, ({ kind }) => VERDICTS[kind]).filter(({ seen }) => (seen.at(-1)?.untilMs ?? 0) > sinceMs);
}

const VERDICTS: Readonly<Record<UptimeKind, Verdict>> = {
  healthy: "good",
  degraded: "good",
  maintenance: "unwatched",
  unknown: "unwatched",
  down: "bad",
};

/** What an outage is over with. */
export const UP_STATUSES: readonly CheckStatus[] = CHECK_STATUSES.filter(
  (status) => VERDICTS[uptimeKind(status)] === "good",
);
