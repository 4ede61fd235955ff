/**
 * The longest of many spans of time, for charts: one of a year cannot show hundreds, and the short ones are below a pixel. Pure.
 * Invariant: what is kept stays in the order of time.
 */
import type { TimeSpan } from "./status-spans.ts";

export function longestSpans<Span extends TimeSpan>(spans: readonly Span[], most: number): Span[] {
  const lastedMs = ({ sinceMs, untilMs }: Span): number => untilMs - sinceMs;
  return spans
    .toSorted((left, right) => lastedMs(right) - lastedMs(left))
    .slice(0, most)
    .sort((left, right) => left.sinceMs - right.sinceMs);
}
