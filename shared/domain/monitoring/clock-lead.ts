/**
 * How far time may be ahead of the machine's clock: time never runs backwards, but a clock that was ahead by weeks is not followed.
 * Asked by the steady clock, at a start and while it runs, before each sweep by what goes on from what is stored, and by whoever delivers
 * what waits. Pure.
 * Invariant: a clock that is certainly wrong itself decides nothing.
 */
import { formatDuration } from "../text/duration-text.ts";
import { DAY_MS } from "../text/timestamp.ts";

/** A mistaken time zone is 14 h at most. A day is caught up with in two, at half speed; more is a broken clock. */
const LONGEST_LEAD_MS = DAY_MS;

/** Less is what clocks do: nobody is told of it. */
export const SHOWN_LEAD_MS = 60_000;

/** Null: nobody need be told. */
export function sayLead(leadMs: number): string | null {
  if (leadMs < SHOWN_LEAD_MS) return null;
  return `Time is ${formatDuration(leadMs)} ahead of the machine's clock, and slow until that has caught up`;
}

/** 2026-01-01, the year of the first release: a machine without a battery begins in 1970, or when its system was built. */
const EARLIEST_MS = 1_767_225_600_000;

/** False for a clock that nobody has set yet. */
export function isSet(wallMs: number): boolean {
  return wallMs >= EARLIEST_MS;
}

/** True when time goes on from `atMs`, which is stored or was shown, although the machine's clock says `wallMs`. */
export function isFollowed(atMs: number, wallMs: number): boolean {
  return atMs - wallMs <= LONGEST_LEAD_MS || !isSet(wallMs);
}

/** When something comes due: nothing of ours waits for a day, so what would was put off by a clock that was ahead. Infinity stays. */
export function dueFrom(atMs: number, nowMs: number): number {
  return Number.isFinite(atMs) && !isFollowed(atMs, nowMs) ? nowMs : atMs;
}

/** What is stored is taken back: its clock was ahead by `leadMs` when that was noticed, at `nowMs`. */
export interface TakenBack {
  readonly nowMs: number;
  readonly leadMs: number;
}

/** An instant of what was stored as it is now; what lies in the past was right. */
export function takeBack(atMs: number, { nowMs, leadMs }: TakenBack): number {
  return atMs > nowMs ? atMs - leadMs : atMs;
}
