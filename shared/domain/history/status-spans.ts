/**
 * What a service was, from when to when: its transitions as spans without gaps, up to the end of the evidence. Pure.
 * Uptime, outages and charts are made of them. Instants are epoch ms.
 * Invariants: spans touch each other and never overlap; there is none before the first transition, when nobody watched yet.
 */
import type { CheckStatus } from "../monitoring/check.ts";
import type { Transition } from "../monitoring/transition.ts";
import { withoutBlindSpots } from "./blind-spots.ts";

export interface TimeSpan {
  readonly sinceMs: number;
  /** Exclusive. */
  readonly untilMs: number;
}

export interface StatusSpan extends TimeSpan {
  readonly status: CheckStatus;
}

export interface SpanRange extends TimeSpan {
  /** From then on nothing is known: the last check has become too old. Infinity: not within the range. */
  readonly evidenceEndsAtMs: number;
}

/**
 * Those within the range. `transitions`: of one service, oldest first, with the last one before the range.
 * @example statusSpans([{ …, atMs: 100, to: "healthy" }], { sinceMs: 0, untilMs: 300, evidenceEndsAtMs: Infinity })
 *   // [{ sinceMs: 100, untilMs: 300, status: "healthy" }]
 */
export function statusSpans(found: readonly Transition[], range: SpanRange): StatusSpan[] {
  const transitions = withoutBlindSpots(found);
  const { sinceMs, untilMs, evidenceEndsAtMs } = range;
  const spans: StatusSpan[] = [];
  const add = (fromMs: number, endMs: number, status: CheckStatus): void => {
    const span = { sinceMs: Math.max(fromMs, sinceMs), untilMs: Math.min(endMs, untilMs), status };
    if (span.sinceMs < span.untilMs) spans.push(span);
  };
  transitions.forEach(({ atMs, to }, index) => {
    const next = transitions[index + 1];
    if (next) return add(atMs, next.atMs, to);
    const knownUntilMs = Math.max(atMs, evidenceEndsAtMs);
    add(atMs, knownUntilMs, to);
    add(knownUntilMs, untilMs, "unknown");
  });
  return spans;
}

/** Joins neighbours for which `kindOf` says the same. */
export function joinSpans<Kind>(
  spans: readonly StatusSpan[],
  kindOf: (status: CheckStatus) => Kind,
): (TimeSpan & { readonly kind: Kind })[] {
  const joined: (TimeSpan & { readonly kind: Kind })[] = [];
  for (const { sinceMs, untilMs, status } of spans) {
    const kind = kindOf(status);
    const last = joined.at(-1);
    if (last?.kind === kind && last.untilMs === sinceMs) joined[joined.length - 1] = { ...last, untilMs };
    else joined.push({ sinceMs, untilMs, kind });
  }
  return joined;
}
