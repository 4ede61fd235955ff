/**
 * A clock that is set for the first time since the machine was switched on, on a database without a past to go on from: what was seen in
 * the minutes before is dated 1970, and is brought forward to where it belongs. Asked before each sweep, and for how long we have run.
 * Pure. Invariant: it is as long ago as it was, and nothing that was dated by a clock that is set is moved.
 */
import { isSet, type TakenBack } from "./clock-lead.ts";

/** All that is stored, since none of it is dated by a clock that was set: it comes "back" by less than nothing. */
const EVERYTHING_MS = -1;

/** Null unless the last sweep was dated by a clock that nobody had set, and this one is not. */
export function bringForward(lastMs: number, nowMs: number): TakenBack | null {
  return !isSet(lastMs) && isSet(nowMs) ? { nowMs: EVERYTHING_MS, leadMs: lastMs - nowMs } : null;
}

/** Whether it says that what was stored was dated by no clock at all, and not by one that was ahead. */
export function isForward({ leadMs }: TakenBack): boolean {
  return leadMs < 0;
}

/** Whether an instant of this process, such as its start, is by the clock that says `nowMs`. */
export function isBySameClock(atMs: number, nowMs: number): boolean {
  return atMs <= nowMs && isSet(atMs) === isSet(nowMs);
}
