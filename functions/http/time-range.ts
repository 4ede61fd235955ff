/**
 * The range of time that a history request asks about.
 * Used by the history endpoints after their parameters were read. Invariant: since < until, and no longer than allowed.
 */
import type { FieldFault } from "../../shared/domain/app-error.ts";
import { DAY_MS, LATEST_MS } from "../../shared/domain/text/timestamp.ts";
import { invalidParameters } from "./input.ts";

/** Epoch ms; `untilMs` is exclusive. */
export interface TimeRange {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Everything, where an end is not given. */
export function openTimeRange({ since, until }: { since?: number | undefined; until?: number | undefined }): TimeRange {
  return { sinceMs: since ?? 0, untilMs: until ?? LATEST_MS };
}

/** Returns the range, or throws `invalid_parameter` naming the end that was given: `blamed`, the start when both were. */
export function checkTimeRange(range: TimeRange, longestDays: number, blamed: "since" | "until" = "since"): TimeRange {
  const { sinceMs, untilMs } = range;
  const faults: FieldFault[] = [];
  const expected = blamed === "since" ? "an instant before until" : "an instant after the start of the span";
  if (sinceMs >= untilMs) faults.push({ field: blamed, message: `expected ${expected}` });
  if (untilMs - sinceMs > longestDays * DAY_MS) {
    faults.push({ field: blamed, message: `expected a span of at most ${longestDays} days` });
  }
  if (faults.length > 0) throw invalidParameters(faults);
  return range;
}
