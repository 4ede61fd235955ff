/**
 * Which of many spans of time a chart shows when it cannot show all: one of a year cannot show hundreds, and the short ones are below a
 * pixel. Pure.
 * Invariant: what goes on comes first, since it is what a person asks for.
 */
import type { TimeSpan } from "./status-spans.ts";

/** Those that last until `endMs`, then the longest first; of equally long ones the older first. */
export function rankSpans<Span extends TimeSpan>(spans: readonly Span[], endMs: number): Span[] {
  const rank = ({ sinceMs, untilMs }: Span): number => (untilMs >= endMs ? Number.MAX_SAFE_INTEGER : untilMs - sinceMs);
  return spans.toSorted((left, right) => rank(right) - rank(left));
}
