/**
 * When a service was down, and what it began with: its transitions as outages. Pure.
 * Reports list them, charts draw them. Instants are epoch ms.
 * Invariant: their time is the time that uptime counts as down.
 */
import type { Reason } from "../monitoring/check.ts";
import type { Transition } from "../monitoring/transition.ts";
import { joinSpans, statusSpans, type SpanRange, type TimeSpan } from "./status-spans.ts";
import { uptimeKind } from "./uptime.ts";

export interface Outage extends TimeSpan {
  readonly serviceId: string;
  /** False: it lasted beyond the range, or lasts still. */
  readonly isOver: boolean;
  /** Of the first failure within the outage; null when nobody knows any more. */
  readonly reason: Reason | null;
  readonly message: string | null;
}

/** Oldest first. `transitions`: of one service, oldest first, with the last one before the range. */
export function listOutages(transitions: readonly Transition[], range: SpanRange): Outage[] {
  const outages: Outage[] = [];
  let next = 0;
  for (const { kind, sinceMs, untilMs } of joinSpans(statusSpans(transitions, range), uptimeKind)) {
    if (kind !== "down") continue;
    while ((transitions[next]?.atMs ?? Infinity) <= sinceMs) next += 1;
    const began = transitions[next - 1];
    if (!began) continue;
    const { serviceId, reason, message } = began;
    outages.push({ serviceId, sinceMs, untilMs, isOver: untilMs < range.untilMs, reason, message });
  }
  return outages;
}
