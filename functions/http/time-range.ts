/**
 * Time ranges of a query that both ends bound. Used by the endpoints that answer a whole range at once.
 * Invariant: no end is moved silently: what does not fit is refused, and the end that was given is named.
 */
import type { FieldFault } from "../../shared/domain/report-fault.ts";
import { DAY_MS } from "../../shared/domain/text/timestamp.ts";
import { invalidParameters } from "./input.ts";

/** From `since` on, by default a day before `until`, which is by default after `nowMs`. At most `longestDays`. Throws `invalid_parameter`. */
export function readTimeRange(
  { since, until }: { readonly since?: number | undefined; readonly until?: number | undefined },
  { nowMs, longestDays }: { readonly nowMs: number; readonly longestDays: number },
): { sinceMs: number; untilMs: number } {
  const untilMs = until ?? nowMs + 1;
  const range = { sinceMs: since ?? Math.max(0, untilMs - DAY_MS), untilMs };
  checkTimeRange(range, longestDays, since === undefined ? "until" : "since");
  return range;
}

/** Throws `invalid_parameter` naming the end that was given: `blamed`, the start when both were. */
export function checkTimeRange(
  { sinceMs, untilMs }: { sinceMs: number; untilMs: number },
  longestDays: number,
  blamed: "since" | "until",
): void {
  const faults: FieldFault[] = [];
  const expected = blamed === "since" ? "an instant before until" : "an instant after the start of the time range";
  if (sinceMs >= untilMs) faults.push({ field: blamed, message: `expected ${expected}` });
  if (untilMs - sinceMs > longestDays * DAY_MS) {
    faults.push({ field: blamed, message: `expected a time range of at most ${longestDays} days` });
  }
  if (faults.length > 0) throw invalidParameters(faults);
}
